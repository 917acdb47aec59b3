import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loopbackEnvironment } from '../../../infra/local/host/serverless-process.ts';
import { freePorts } from '../../../infra/local/ports.ts';
import { ClearError, type Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { type Figure, percentile, rounded } from '../figures.ts';
import { beat, makeFleet } from './fleet.ts';
import { startWorld, type World } from './world.ts';

const program = fileURLToPath(new URL('./hint-host.ts', import.meta.url));

const ALONE = 20;
const TOGETHER = 1_000;
const GIVE_UP_MS = 60_000;

/**
 * From the call that terminates an instance to its workspace being offline, where EC2 tells of it: each event is handed
 * to the function `hint` as it comes, in a process of its own.
 */
export async function byEvent(lifetime: Lifetime): Promise<Figure[]> {
  const [port] = await freePorts(1);
  const world = await startWorld(lifetime, `http://127.0.0.1:${port}/`);
  await startHints(lifetime, world, String(port));
  const instances = await makeFleet(world, ALONE + TOGETHER + 100);
  await beat(world);
  await world.latency(200);

  const alone: number[] = [];
  for (const id of instances.slice(0, ALONE)) alone.push(...(await terminate([id])));
  const callsBefore = await world.calls();
  const together = await terminate(instances.slice(ALONE, ALONE + TOGETHER));
  return [
    ...told('one at a time', alone),
    ...told(`${TOGETHER} at once`, together),
    { name: `${TOGETHER} at once: calls to EC2`, value: (await world.calls()) - callsBefore, unit: 'calls' },
  ];

  /** Seconds that each took. */
  async function terminate(ids: readonly string[]): Promise<number[]> {
    const began = performance.now();
    const [row] = await world.sql('SELECT clock_timestamp()::text AS at');
    await world.terminate(ids);
    for (;;) {
      const flips = await world.sql(
        `SELECT extract(epoch FROM at - $2::timestamptz)::double precision AS seconds FROM workspace_events
         WHERE event = 'instance_gone' AND instance_id IN (SELECT jsonb_array_elements_text($1::jsonb))`,
        [JSON.stringify(ids), row?.at],
      );
      if (flips.length === ids.length) return flips.map(({ seconds }) => z.number().parse(seconds));
      if (performance.now() - began > GIVE_UP_MS) throw new ClearError(`${flips.length} of ${ids.length} went offline`);
      await delay(50);
    }
  }
}

/** Lets events be heard at this port. */
async function startHints({ parts }: Lifetime, { environment }: World, port: string): Promise<void> {
  const env = { ...loopbackEnvironment(), ...environment };
  const child = spawn(process.execPath, [program, port], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  parts.defer(async () => {
    child.stdin.end();
    await ended;
  });
  await once(child.stdout, 'data');
}

function told(how: string, seconds: readonly number[]): Figure[] {
  return [
    {
      name: `terminated to offline by event, ${how}: p50`,
      value: rounded(percentile(seconds, 0.5), 2),
      unit: 's',
      budget: '< 5',
    },
    { name: `terminated to offline by event, ${how}: p99`, value: rounded(percentile(seconds, 0.99), 2), unit: 's' },
  ];
}
