import { randomUUID } from 'node:crypto';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { afterAll, beforeAll } from 'vitest';
import { createSweep } from '../../../functions/sweep/sweep.ts';
import type { FaultSettings } from '../../../infra/local/data-api/faults.ts';
import { startDataApi } from '../../../infra/local/data-api/server.ts';
import { type Ec2Server, startEc2 } from '../../../infra/local/ec2/server.ts';
import { createSweepEc2 } from '../../../lib/adapters/ec2/open-sweep.ts';
import { createDatabase } from '../../../lib/adapters/rds-data/database.ts';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import { DEFAULT_ABSENCE } from '../../../lib/domain/sweep/absence.ts';
import type { Inquiry } from '../../../lib/domain/verdict.ts';
import { databaseConfig } from '../../support/database.ts';
import { shared } from '../../support/shared.ts';
import { createStore } from '../../support/store.ts';

/** What comes to a sweep, and what it meets on its way. */
export type Circumstances = {
  readonly budgetMs?: number | undefined;
  /** The brake's. */
  readonly share: number;
  /** Calls to EC2 side by side. */
  readonly atOnce?: number;
  readonly pageSize?: number | undefined;
  readonly region?: 'us-west-2' | undefined;
  /** After EC2 has answered, before anything is written. */
  readonly meanwhile?: () => Promise<unknown>;
  /** Before the absences are ended. */
  readonly late?: () => Promise<unknown>;
  /** Nothing that it does after this statement reaches anybody. */
  readonly diesAfter?: string | undefined;
};

/** What a sweep heard from EC2 by id, by instance, and what it said in the end: nothing if it failed. */
export type Swept = {
  readonly requestId: string;
  readonly heard: ReadonlyMap<string, Inquiry>;
  readonly summary: Readonly<Record<string, unknown>> | undefined;
};

class Killed extends Error {
  override readonly name = 'Killed';
}

/** The sweep of a process of its own: what befalls its database befalls nobody else. */
export function useSweeps() {
  let dataApi: Awaited<ReturnType<typeof startDataApi>>;
  let elsewhere: Ec2Server;
  let store: ReturnType<typeof createStore>;
  beforeAll(async () => {
    const { postgres, application } = shared.now;
    dataApi = await startDataApi({ postgres: { ...postgres, ...application } });
    elsewhere = await startEc2({ region: 'us-west-2', boot: { kind: 'none' } });
    // As the production client repeats a call, but without its pauses.
    const retryStrategy = new ConfiguredRetryStrategy(3, () => 1);
    store = createStore(createDatabase(databaseConfig, new RDSDataClient({ endpoint: dataApi.url, retryStrategy })));
  });
  afterAll(async () => {
    await dataApi.stop();
    await elsewhere.stop();
  });

  const databaseFaults = async (faults: FaultSettings) => {
    const answer = await fetch(`${dataApi.url}/_control/faults`, { method: 'POST', body: JSON.stringify(faults) });
    if (!answer.ok) throw new Error(`the Data API server refused: ${await answer.text()}`);
  };

  const sweep = async (circumstances: Circumstances): Promise<Swept> => {
    const { budgetMs = 20_000, atOnce = 10, meanwhile, late, diesAfter, region } = circumstances;
    const heard = new Map<string, Inquiry>();
    const endpoint = region === undefined ? shared.now.ec2Url : elsewhere.url;
    const client = ec2Client({ ...circumstances, endpoint });
    const open = createSweepEc2({ callsPerSecond: 1_000, atOnce }, client);
    const own = {
      ...store,
      flipAbsent: async (input: Parameters<typeof store.flipAbsent>[0]) => {
        await late?.();
        return store.flipAbsent(input);
      },
    };
    const run = createSweep({
      store: diesAfter === undefined ? own : mortal(own, diesAfter),
      openEc2: (ms) => {
        const ec2 = open(ms);
        return {
          ...ec2,
          inquire: async (...asked: Parameters<typeof ec2.inquire>) => {
            const answers = await ec2.inquire(...asked);
            for (const [id, inquiry] of answers) heard.set(id, inquiry);
            await meanwhile?.();
            return answers;
          },
        };
      },
      converge: { request: async () => undefined },
      count: () => undefined,
      absence: DEFAULT_ABSENCE,
      brake: { ...DEFAULT_BRAKE, share: circumstances.share },
    });
    const requestId = randomUUID();
    const began = performance.now();
    const timeLeftMs = () => budgetMs - (performance.now() - began);
    const summary = await run({ requestId, timeLeftMs }).catch((error: unknown) => {
      if (isOurs(error)) return undefined;
      throw error;
    });
    client.destroy();
    return { requestId, heard, summary };
  };
  return { sweep, databaseFaults };
}

function ec2Client({
  endpoint,
  region,
  pageSize,
}: Pick<Circumstances, 'region' | 'pageSize'> & { endpoint: string }): EC2Client {
  const client = new EC2Client({ endpoint, region: region ?? 'us-east-1', maxAttempts: 1 });
  if (pageSize !== undefined) {
    client.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input, MaxResults: pageSize } }), {
      step: 'initialize',
    });
  }
  return client;
}

/** A process that is killed when the answer of one of its statements has come. */
function mortal<Store extends object>(store: Store, last: string): Store {
  let dead = false;
  return new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return async (...input: unknown[]) => {
        if (dead) throw new Killed(String(name));
        const answer: unknown = await Reflect.apply(method, target, input);
        if (name === last) dead = true;
        if (dead) throw new Killed(last);
        return answer;
      };
    },
  });
}

/** What a world does to a sweep; anything else is a mistake of the sweep's. */
function isOurs(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isOurs);
  return error instanceof Error && (error.name === 'StoreUnavailable' || error.name === 'Killed');
}
