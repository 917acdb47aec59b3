import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { createHandOver } from '../../../functions/heartbeat/hand-over.ts';
import { createHeartbeat } from '../../../functions/heartbeat/heartbeat.ts';
import { createReconcile } from '../../../functions/reconcile/reconcile.ts';
import { createRegister } from '../../../functions/register/register.ts';
import { createRunFolder } from '../../../infra/local/postgres/run-folder.ts';
import { databaseEnvironment, databaseName } from '../../../infra/local/stack/function-environment.ts';
import type { Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { migrateDatabase, startDatabase } from '../../../infra/local/stack/start-database.ts';
import { createDatabase } from '../../../lib/adapters/rds-data/database.ts';
import { claimReconcile } from '../../../lib/adapters/rds-data/statements/claim-reconcile.ts';
import { completeReconcile } from '../../../lib/adapters/rds-data/statements/complete-reconcile.ts';
import { storePlan } from '../../../lib/adapters/rds-data/statements/store-plan.ts';
import { createJwtTokens } from '../../../lib/adapters/tokens/jwt-tokens.ts';
import { DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import { createStore } from '../../support/store.ts';

const BUDGET_MS = 60_000;
const OF_RECONCILE: ReadonlySet<unknown> = new Set([claimReconcile, storePlan, completeReconcile]);

/** The registry's use cases over the real store, in this process: PostgreSQL and the Data API are their own. */
export async function startRegistry(lifetime: Lifetime) {
  const folder = await createRunFolder();
  lifetime.parts.defer(() => rm(folder, { recursive: true, force: true }));
  const { dataApi, secrets } = await startDatabase(lifetime, folder);
  const environment = databaseEnvironment(dataApi);
  Object.assign(process.env, environment);
  await migrateDatabase({ dataApi, secrets });

  const calls = { all: 0, ofReconcile: 0 };
  // One process makes the calls of a thousand functions, so they wait for each other here.
  const requestHandler = { connectionTimeout: BUDGET_MS, requestTimeout: BUDGET_MS };
  const real = createDatabase(
    {
      clusterArn: environment['DATABASE_CLUSTER_ARN'] ?? '',
      secretArn: environment['DATABASE_SECRET_ARN'] ?? '',
      name: databaseName,
      budgetMs: BUDGET_MS,
    },
    new RDSDataClient({ requestHandler }),
  );
  const store = createStore({
    run: (...call) => {
      calls.all += 1;
      const [statement] = call;
      if (OF_RECONCILE.has(statement)) calls.ofReconcile += 1;
      return real.run(...call);
    },
  });
  const keys = { current: 'k1', keys: { k1: new Uint8Array(32) } };
  const tokens = createJwtTokens(async () => keys);
  const runReconcile = createReconcile({ store });
  /** As Lambda runs what is invoked asynchronously: apart from who invoked it. */
  const underWay = new Set<Promise<unknown>>();
  const requester = {
    request: async (workspaceId: string) => {
      const work = reconcile(workspaceId).finally(() => underWay.delete(work));
      underWay.add(work);
    },
  };
  const reconcile = (workspaceId: string | null) =>
    runReconcile({ workspaceId, requestId: randomUUID(), timeLeftMs: () => BUDGET_MS });
  const voice = { tokens, store, policy: DEFAULT_POLICY, random: Math.random, clock: Date.now, reconcile: requester };
  const handOver = createHandOver({
    store,
    links: { linkTo: async (source) => source },
    unsigned: (error) => {
      throw error;
    },
  });
  return {
    store,
    tokens,
    calls,
    reconcileAll: () => reconcile(null),
    register: createRegister(voice),
    heartbeat: createHeartbeat({ ...voice, handOver }),
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

export type Registry = Awaited<ReturnType<typeof startRegistry>>;
