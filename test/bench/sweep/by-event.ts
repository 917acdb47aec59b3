import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { RDSDataClient } from '@aws-sdk/client-rds-data';
import PQueue from 'p-queue';
import { z } from 'zod';
import { createHint } from '../../../functions/hint/hint.ts';
import { hintEvent } from '../../../functions/hint/schema.ts';
import { ClearError, type Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { createEc2Client } from '../../../lib/adapters/ec2/client.ts';
import { createInquirer } from '../../../lib/adapters/ec2/inquire-instances.ts';
import { createDatabase } from '../../../lib/adapters/rds-data/database.ts';
import { createStore } from '../../../lib/adapters/rds-data/store.ts';
import { CONFIG, readConfig } from '../../../lib/config.ts';
import { CONVERGE_POLICY } from '../../../lib/domain/converge.ts';
import { checked } from '../../../lib/middleware/checked.ts';
import { type Figure, percentile, rounded } from '../figures.ts';
import { beat, makeFleet } from './fleet.ts';
import { startWorld, type World } from './world.ts';

const ALONE = 20;
const TOGETHER = 1_000;
/** How many of the function Lambda runs at once; the other events wait their turn there. */
const AT_ONCE = 50;
const GIVE_UP_MS = 60_000;

/**
 * From the call that terminates an instance to its workspace being offline, where EC2 tells of it: each event is handed
 * to the function `hint` as it comes, all of them in this process.
 */
export async function byEvent(lifetime: Lifetime): Promise<Figure[]> {
  let hint: ((event: unknown) => Promise<unknown>) | undefined;
  const lambda = new PQueue({ concurrency: AT_ONCE });
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const event: unknown = JSON.parse(await text(request));
    response.end();
    await lambda.add(() => hint?.(event));
  };
  const server = createServer((request, response) => {
    hear(request, response).catch((error: unknown) => console.error(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  lifetime.parts.defer(() => void server.close());
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const world = await startWorld(lifetime, `http://127.0.0.1:${port}/`);
  hint = hintOf(world);
  const instances = await makeFleet(world, ALONE + TOGETHER + 100);
  await beat(world);
  await world.latency(200);

  const alone: number[] = [];
  for (const id of instances.slice(0, ALONE)) alone.push(...(await terminate([id])));
  const callsBefore = await world.calls();
  const together = await terminate(instances.slice(ALONE, ALONE + TOGETHER));
  await lambda.onIdle();
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

/**
 * The function `hint` as it is wired, but for the patience of its database client: one process makes the calls of a
 * thousand functions here, so they wait for each other.
 */
function hintOf({ environment }: World) {
  Object.assign(process.env, environment);
  const { clusterArn, secretArn, name } = readConfig(CONFIG.database);
  const requestHandler = { connectionTimeout: GIVE_UP_MS, requestTimeout: GIVE_UP_MS };
  const database = createDatabase(
    { clusterArn, secretArn, name, budgetMs: GIVE_UP_MS },
    new RDSDataClient({ requestHandler }),
  );
  const hint = createHint({
    store: createStore(database),
    ec2: createInquirer(createEc2Client()),
    converge: { request: async () => undefined },
    pollSeconds: CONVERGE_POLICY.pollSeconds,
    ...readConfig(CONFIG.hint),
    pause: delay,
  });
  return (event: unknown) =>
    hint({ hint: checked(hintEvent, event, 'event'), requestId: randomUUID(), timeLeftMs: () => GIVE_UP_MS });
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
