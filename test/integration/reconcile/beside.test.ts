import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { statement } from '../../../lib/adapters/rds-data/statement.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { storePlan } from '../../../lib/adapters/rds-data/statements/store-plan.ts';
import { writeDeclaration } from '../../../lib/adapters/rds-data/statements/write-declaration.ts';
import { classify } from '../../../lib/domain/declaration/classify.ts';
import { planOf } from '../../../lib/domain/plan.ts';
import { driftOf } from '../../../lib/domain/reconcile.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { INSTALLED, reconciled, told } from '../../support/reconciled.ts';
import { beatRecord } from '../../support/records.ts';
import { makeWorkspace, SEO_ALL, store, transition } from '../../support/registry.ts';
import { heartbeat, reconcile, register } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';
import { declared, plugin } from '../declaration/declaring.ts';

const { behind } = useConnections();

const planned = async (registration = {}) => {
  const made = await makeWorkspace({ declaration: SEO_ALL });
  const token = await made.token('runtime');
  await register(token, { id: made.id, boot_id: 'b1', ...registration });
  await reconcile(made.id);
  return { ...made, beat: async (beat = {}) => (await heartbeat(token, made.id, beat)).body };
};

describe('a reconcile whose lease is over, behind the one that has taken it', () => {
  it.each([
    ['a plan', 'plan_made', async () => planned({ plugins: INSTALLED })],
    ['a drift', 'plugin_drifted', async () => reconciled()],
  ])('tells %s once', async (_, event, online) => {
    const made = await online();
    const token = await made.token('runtime');
    await heartbeat(token, made.id, { plugins: [] });
    const claim = await store.claimReconcile({ workspaceId: made.id, lease: randomUUID(), leaseSeconds: 30 });
    if (claim === undefined) throw new Error('nothing was claimed');
    const plan = planOf(claim.declared, claim.installed);
    await sql('UPDATE workspaces SET reconcile_lease_until = now() WHERE id = :id::uuid', { id: made.id });
    await behind(
      (id) => database.run(storePlan, { claim, plan, evidence: {}, drift: driftOf(claim, plan), requestId: 'r' }, id),
      () => reconcile(made.id),
    );
    expect(await told(made.id, event)).toHaveLength(1);
  });

  it('finds nothing to claim of what is not live', async () => {
    const made = await planned({ plugins: [] });
    await transition(made.id, 'instance_gone', 'offline');
    expect(await store.claimReconcile({ workspaceId: made.id, lease: randomUUID(), leaseSeconds: 30 })).toBeUndefined();
  });
});

describe('a beat beside a declaration', () => {
  it('that waited for it does not hand out the old plan', async () => {
    const made = await planned({ plugins: [] });
    const later = { plugins: [plugin('seo-all', { version: '2.0.0' })] };
    const by = { actor: 'a', requestId: 'r' };
    const [beat] = await behind(
      (id) =>
        database.run(
          writeDeclaration,
          {
            ...{ workspaceId: made.id, expected: 1, document: later, diff: classify(SEO_ALL, later) },
            ...{ forced: true, evidence: {}, ...by },
          },
          id,
        ),
      () => database.run(recordHeartbeat, beatRecord(made.id, { capabilities: ['new'] })),
    );
    expect(beat?.answer).toMatchObject({ plan: null });
  });

  it('does not mark a plan as handed over that it did not carry', async () => {
    const made = await planned();
    const other = statement({
      sql: `UPDATE plans SET plan_id = 'other', declaration_version = 2 WHERE workspace_id = :id::uuid`,
      bind: () => ({ id: made.id }),
      row: z.object({}),
    });
    const [beat] = await behind(
      (id) => database.run(other, undefined, id),
      () => database.run(recordHeartbeat, beatRecord(made.id)),
    );
    expect(beat?.answer).toMatchObject({ plan: { plan_id: expect.not.stringContaining('other') } });
    const [after] = await sql('SELECT plan_id, handed_at::text FROM plans WHERE workspace_id = :id::uuid', {
      id: made.id,
    });
    expect(after).toEqual({ plan_id: 'other', handed_at: null });
  });
});

it('the first register after a beat asks at once for the plan of the boot that it names', async () => {
  const made = await makeWorkspace({ declaration: SEO_ALL });
  const token = await made.token('runtime');
  await heartbeat(token, made.id, { plugins: [] });
  await reconcile(made.id);
  shared.now.lambda.invocations.length = 0;
  await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
  expect(shared.now.lambda.invocations).toHaveLength(1);
});

it('the beat that reports an install is not asked for it again', async () => {
  const made = await planned({ plugins: [] });
  expect((await made.beat({ plugins: [] })).plan.actions).toHaveLength(1);
  expect((await made.beat({ plugins: INSTALLED })).plan).toBeUndefined();
});

it('a drift is told although another plugin never installs', async () => {
  const made = await makeWorkspace();
  await declared(made.id, plugin('a'), plugin('b'));
  const token = await made.token('runtime');
  const a = { name: 'a', version: '1.0.0' };
  const failed = { name: 'b', version: null, failed: { version: '1.0.0', reason: '404' } };
  await register(token, { id: made.id, boot_id: 'b1', plugins: [a] });
  for (const plugins of [[a, failed], [failed], [a, failed]]) {
    await reconcile(made.id);
    await heartbeat(token, made.id, { plugins });
  }
  await reconcile(made.id);
  expect(await told(made.id, 'plugin_drifted')).toMatchObject([{ evidence: { name: 'a' } }]);
});

it('a workspace that only came to be healthy again does not begin its two quick minutes anew', async () => {
  const made = await planned({ plugins: [] });
  await made.beat({ plugins: [] });
  const minutesAgo = { id: made.id };
  await sql(
    `WITH w AS (UPDATE workspaces SET reconcile_since = now() - interval '121 s' WHERE id = :id::uuid)
     UPDATE plans SET handed_at = now() - interval '121 s' WHERE workspace_id = :id::uuid`,
    minutesAgo,
  );
  await made.beat({ plugins: [], error_rate: 1 });
  expect((await made.beat({ plugins: [], error_rate: 0 })).next_heartbeat_in_s).toBeGreaterThanOrEqual(30);
});

it('a process that is not the boot that is awaited beats at its own pace', async () => {
  const made = await planned({ plugins: [] });
  await transition(made.id, 'restart', 'provisioning', 'reboot');
  await sql('UPDATE workspaces SET reconcile_since = now() WHERE id = :id::uuid', { id: made.id });
  const answer = await made.beat({ plugins: [], uptime_seconds: 10_000 });
  expect(answer).toMatchObject({ workspace_status: 'provisioning' });
  expect(answer.next_heartbeat_in_s).toBeGreaterThanOrEqual(30);
});
