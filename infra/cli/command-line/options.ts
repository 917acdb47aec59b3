import type { ParseArgsOptionsConfig } from 'node:util';

/** Every option that some command takes, as node:util reads them. */
export const options = {
  status: { type: 'string', multiple: true },
  runtime: { type: 'string' },
  label: { type: 'string', multiple: true },
  stale: { type: 'string' },
  limit: { type: 'string' },
  follow: { type: 'boolean' },
  name: { type: 'string' },
  'restart-policy': { type: 'string' },
  'boot-timeout': { type: 'string' },
  'idle-minutes': { type: 'string' },
  external: { type: 'boolean' },
  file: { type: 'string' },
  key: { type: 'string' },
  replace: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  force: { type: 'boolean' },
  'if-version': { type: 'string' },
  explain: { type: 'string' },
  stage: { type: 'string' },
  json: { type: 'boolean' },
  url: { type: 'string' },
  region: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig;

type Syntax = { readonly takesId: boolean; readonly options: readonly (keyof typeof options)[] };

/** The options that every command takes. */
export const commonOptions: readonly string[] = ['json', 'url', 'region', 'help'] satisfies (keyof typeof options)[];

/** What each command takes beside {@link commonOptions}. */
export const syntax = {
  ps: { takesId: false, options: ['status', 'runtime', 'label', 'stale'] },
  show: { takesId: true, options: [] },
  events: { takesId: true, options: ['limit', 'follow'] },
  create: {
    takesId: false,
    options: ['name', 'runtime', 'label', 'restart-policy', 'boot-timeout', 'idle-minutes', 'external', 'file', 'key'],
  },
  declare: { takesId: true, options: ['file', 'dry-run', 'force', 'if-version'] },
  restart: { takesId: true, options: ['replace'] },
  pause: { takesId: true, options: [] },
  resume: { takesId: true, options: [] },
  hibernate: { takesId: true, options: [] },
  wake: { takesId: true, options: [] },
  rm: { takesId: true, options: [] },
  'reissue-token': { takesId: true, options: [] },
  orphans: { takesId: false, options: ['dry-run', 'stage'] },
  sweep: { takesId: false, options: ['dry-run', 'explain', 'stage'] },
} as const satisfies Record<string, Syntax>;

export type Command = keyof typeof syntax;

export function isCommand(name: string): name is Command {
  return Object.hasOwn(syntax, name);
}
