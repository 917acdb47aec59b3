// The framework reads values from .js files, not from .ts; Node runs either.
export { alarms } from './alarms/build.ts';
export { dashboard } from './dashboard/build.ts';
export { environment } from './environment.ts';
export { extensions, ruleArns } from './extensions.ts';
export { roles } from './roles.ts';
