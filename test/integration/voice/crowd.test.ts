import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { describe, expect, it } from 'vitest';
import { createHeartbeat } from '../../../functions/heartbeat/heartbeat.ts';
import { createRegister } from '../../../functions/register/register.ts';
import { createReconcileRequester } from '../../../lib/adapters/lambda/request-reconcile.ts';
import { createDatabase } from '../../../lib/adapters/rds-data/database.ts';
import { CONFIG, readConfig } from '../../../lib/config.ts';
import { DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import { databaseConfig } from '../../support/database.ts';
import { eventsOf, handOver, makeWorkspace, rowOf, SEO_ALL, tokens } from '../../support/registry.ts';
import { shared } from '../../support/shared.ts';
import { createStore } from '../../support/store.ts';

/** With the time that 200 calls at once may take on a busy machine: each would be 503 after its own few seconds. */
const patient = () => {
  const requestHandler = { connectionTimeout: 50_000, requestTimeout: 50_000 };
  const slow = createDatabase({ ...databaseConfig, budgetMs: 50_000 }, new RDSDataClient({ requestHandler }));
  const reconcile = createReconcileRequester(readConfig(CONFIG.reconcile));
  const ports = {
    tokens,
    store: createStore(slow),
    reconcile,
    handOver,
    // What a slow machine leaves unbegun for some seconds would be asked for again.
    policy: { ...DEFAULT_POLICY, plan_ask_again_seconds: 60 },
    random: Math.random,
    clock: Date.now,
  };
  return { register: createRegister(ports), heartbeat: createHeartbeat(ports) };
};

describe('invariant 4: of 200 racing registers and heartbeats of one workspace exactly one makes the transition', () => {
  it('one event and one reconcile request come of it', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    shared.now.lambda.invocations.length = 0;
    const voices = patient();
    const beat = { error_rate: 0, active_tasks: 0, uptime_seconds: 1, runtime_state: '' } as const;
    // Without a boot: one that is named after a beat has been heard is owed a plan of its own.
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        at % 2 === 0
          ? voices.register('r', token, () => ({ id: made.id }))
          : voices.heartbeat('r', token, () => ({ workspace_id: made.id, ...beat })),
      ),
    );
    expect(answers.filter(({ workspace_status }) => workspace_status !== 'online')).toEqual([]);
    const transitions = (await eventsOf(made.id)).filter(({ to_status, from_status }) => to_status && from_status);
    expect(transitions).toHaveLength(1);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online', reconcile_wanted: 1 });
    expect(shared.now.lambda.invocations).toHaveLength(1);
  }, 60_000);
});
