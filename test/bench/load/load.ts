import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loopbackEnvironment } from '../../../infra/local/host/serverless-process.ts';
import { ClearError, type Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { startStack } from '../../../infra/local/stack/start-stack.ts';
import { type Figure, percentile, rounded } from '../figures.ts';
import { type Order, type Saying, saying } from './order.ts';
import { processorSeconds, residentMb } from './process-figures.ts';

const RUNTIMES = Number(process.env['MUSTER_LOAD_RUNTIMES'] ?? 2_000);
const PACE_SECONDS = 30;
/** All have come up, and have beaten at least once. */
const WARM_UP_SECONDS = 2.5 * PACE_SECONDS;
const STEADY_SECONDS = Number(process.env['MUSTER_LOAD_SECONDS'] ?? 120);
const CREATED_AT_ONCE = 8;
const MEMORY_EVERY_MS = 2_000;

const program = fileURLToPath(new URL('./runtimes.ts', import.meta.url));
const created = z.object({ id: z.uuid(), bootstrap_token: z.string() });

/**
 * Two thousand runtimes that beat at their pace through the local stack: its gateway, the functions' host, the Data API
 * and PostgreSQL. Linux only, since it reads /proc. MUSTER_LOAD_RUNTIMES and MUSTER_LOAD_SECONDS make it smaller, to try it.
 * @throws ClearError where they beat less than they should
 */
export async function load(lifetime: Lifetime): Promise<Figure[]> {
  const environment = { BASE_PACE_EXTERNAL_SECONDS: String(PACE_SECONDS) };
  const stack = await startStack(lifetime, 0, (step) => console.error(`  ${step}`), { environment });
  const runtimes = await createAll(stack.api);
  console.error(`  ${runtimes.length} workspaces`);

  const { pids } = stack;
  const memoryMb: number[] = [];
  let processor = 0;
  let steadyFrom = 0;
  const spreadSeconds = PACE_SECONDS;
  const told = {
    api: stack.api,
    runtimes,
    spreadSeconds,
    warmUpSeconds: WARM_UP_SECONDS,
    steadySeconds: STEADY_SECONDS,
  };
  const { latenciesMs, errors } = await beatAll(lifetime, told, async () => {
    console.error(`  steady for ${STEADY_SECONDS} s`);
    processor = await processorSeconds(pids.postgres);
    steadyFrom = performance.now();
    while (performance.now() - steadyFrom < (STEADY_SECONDS - 5) * 1_000) {
      memoryMb.push(await residentMb(pids.host));
      await delay(MEMORY_EVERY_MS);
    }
  });
  const seconds = (performance.now() - steadyFrom) / 1_000;
  const processorMs = ((await processorSeconds(pids.postgres)) - processor) * 1_000;

  const beats = latenciesMs.length;
  const expected = (RUNTIMES / PACE_SECONDS) * STEADY_SECONDS;
  for (const [how, times] of Object.entries(errors)) console.error(`  ${times} × ${how}`);
  if (beats < expected * 0.8) throw new ClearError(`Of some ${Math.round(expected)} beats there were ${beats}`);
  const quarter = Math.ceil(memoryMb.length / 4);
  const begin = mean(memoryMb.slice(0, quarter));
  const end = mean(memoryMb.slice(-quarter));
  return [
    { name: 'runtimes', value: RUNTIMES, unit: 'runtimes' },
    { name: 'errors', value: sum(Object.values(errors)), unit: 'calls', budget: '= 0' },
    { name: 'beats answered', value: rounded(beats / STEADY_SECONDS, 1), unit: 'a second' },
    { name: 'beat, p50', value: rounded(percentile(latenciesMs, 0.5), 1), unit: 'ms' },
    { name: 'beat, p99', value: rounded(percentile(latenciesMs, 0.99), 1), unit: 'ms' },
    { name: "memory of the functions' host, first quarter", value: rounded(begin, 0), unit: 'MB' },
    { name: "memory of the functions' host, last quarter", value: rounded(end, 0), unit: 'MB' },
    {
      name: "memory of the functions' host, last to first",
      value: rounded(end / begin, 2),
      unit: 'ratio',
      budget: 'flat: ≤ 1.15',
    },
    // The schedules' statements are in it.
    {
      name: 'processor time of PostgreSQL a beat',
      value: rounded(processorMs / (beats * (seconds / STEADY_SECONDS)), 2),
      unit: 'ms',
    },
  ];
}

async function createAll(api: string): Promise<Order['runtimes']> {
  const made: Order['runtimes'] = [];
  const createSome = async () => {
    while (made.length < RUNTIMES) {
      const response = await fetch(`${api}/workspaces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'load', runtime: 'agent', external: true }),
      });
      if (response.status !== 201) throw new ClearError(`POST /workspaces: HTTP ${response.status}`);
      const { id, bootstrap_token } = created.parse(await response.json());
      made.push({ id, token: bootstrap_token });
    }
  };
  await Promise.all(Array.from({ length: CREATED_AT_ONCE }, createSome));
  return made.slice(0, RUNTIMES);
}

/** @param whenSteady called when the steady time begins; awaited */
async function beatAll(lifetime: Lifetime, told: Order, whenSteady: () => Promise<void>) {
  const child = spawn(process.execPath, [program], { env: loopbackEnvironment(), stdio: ['pipe', 'pipe', 'inherit'] });
  lifetime.parts.defer(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  child.stdin.end(JSON.stringify(told));
  let steady = Promise.resolve();
  let done: Extract<Saying, { said: 'done' }> | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const heard = saying.parse(JSON.parse(line));
    if (heard.said === 'done') done = heard;
    else steady = whenSteady();
  }
  await ended;
  await steady;
  if (done === undefined) throw new ClearError('The process with the runtimes ended before its time');
  return done;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
