/**
 * One run of a scheduled function in a process of its own, as after a cold start: `one-run sweep|liveness`. Its
 * environment is the function's. Prints what the run answered and cost as one line of JSON.
 */
import { lambdaContext } from '../../support/events.ts';

const HANDLERS = {
  sweep: async () => (await import('../../../functions/sweep/index.ts')).handler,
  liveness: async () => (await import('../../../functions/liveness/index.ts')).handler,
};

async function main(name: keyof typeof HANDLERS): Promise<void> {
  const handler = await HANDLERS[name]();
  const began = performance.now();
  const { user, system } = process.cpuUsage();
  const context = { ...lambdaContext(), getRemainingTimeInMillis: () => 55_000 - (performance.now() - began) };
  const summary = await handler({ 'detail-type': 'Scheduled Event' }, context);
  const ms = Math.round(performance.now() - began);
  const used = process.cpuUsage();
  const cpuMs = Math.round((used.user - user + used.system - system) / 1_000);
  // maxRSS is in kilobytes.
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1_024);
  console.log(JSON.stringify({ ms, cpuMs, rssMb, summary }));
}

main(process.argv[2] === 'liveness' ? 'liveness' : 'sweep').then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
