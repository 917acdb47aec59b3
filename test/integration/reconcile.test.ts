import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createReconcile } from '../../functions/reconcile/reconcile.ts';
import { recordRegister } from '../../lib/adapters/rds-data/statements/record-register.ts';
import { StoreUnavailable } from '../../lib/domain/errors.ts';
import { DEFAULT_POLICY, voicePolicy } from '../../lib/domain/policy.ts';
import { database, transactions } from '../support/database.ts';
import { useConnections } from '../support/locks.ts';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL, store } from '../support/registry.ts';
import { heartbeat, reconcile, reconcileOwed, register } from '../support/runtime.ts';
import { sql } from '../support/sql.ts';

const { untilBlocked } = useConnections();
const POLICY = voicePolicy(DEFAULT_POLICY);

const onlineWithPlugin = async () => {
  const made = await makeWorkspace({ declaration: SEO_ALL });
  const token = await made.token('runtime');
  await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
  return { ...made, beat: (beat = {}) => heartbeat(token, made.id, beat) };
};

const claim = (workspaceId: string) => store.claimReconcile({ workspaceId, lease: randomUUID(), leaseSeconds: 30 });

describe('a reconcile', () => {
  it('is one at a time: two at once make one plan', async () => {
    const made = await onlineWithPlugin();
    const counts = await Promise.all([reconcile(made.id), reconcile(made.id), reconcile(made.id)]);
    const planned = counts.map((count) => Number(count['planned'])).reduce((sum, one) => sum + one, 0);
    expect(planned).toBeGreaterThanOrEqual(1);
    expect((await eventsOf(made.id)).filter(({ event }) => event === 'plan_made')).toHaveLength(1);
  });

  it('that waits for a register of a new boot does not answer what that asks for', async () => {
    const made = await onlineWithPlugin();
    await made.beat({ plugins: [{ name: 'seo-all', version: '1.0.0' }] });
    const claims = { sub: made.id, gen: 1, ver: 1, kind: 'runtime' } as const;
    const { counts } = await transactions.within(async (id) => {
      const registration = { boot_id: 'b2', plugins: [] };
      await database.run(recordRegister, { claims, registration, requestId: 'r', policy: POLICY }, id);
      const waiting = reconcile(made.id);
      await untilBlocked();
      return { counts: waiting };
    });
    await counts;
    const row = await rowOf(made.id);
    expect(row).toMatchObject({ reconcile_wanted: 2, boot_id: 'b2' });
    expect(Number(row?.['reconcile_done'])).toBeLessThanOrEqual(1);
    expect(await reconcile(made.id)).toMatchObject({ planned: 1 });
    expect((await made.beat({ plugins: [] })).body.plan.actions).toMatchObject([
      { action: 'install', name: 'seo-all' },
    ]);
  });

  it('that crashed after its claim is taken over when its lease is over', async () => {
    const made = await onlineWithPlugin();
    expect(await claim(made.id)).toBeDefined();
    expect(await reconcile(made.id)).toMatchObject({ not_owed: 1 });
    await sql(`UPDATE workspaces SET reconcile_lease_until = now(), reconcile_next_at = now() WHERE id = :id::uuid`, {
      id: made.id,
    });
    expect(await reconcileOwed()).toMatchObject({ planned: 1 });
  });

  it('that lost its lease can no longer store its plan, nor be done', async () => {
    const made = await onlineWithPlugin();
    const old = await claim(made.id);
    await sql(`UPDATE workspaces SET reconcile_lease = gen_random_uuid() WHERE id = :id::uuid`, { id: made.id });
    if (old === undefined) throw new Error('nothing was claimed');
    expect(await store.storePlan({ claim: old, planId: 'x', actions: [], requestId: 'r' })).toBeUndefined();
    expect(await store.completeReconcile({ claim: old, evidence: {}, requestId: 'r' })).toBeUndefined();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_done: 0 });
    expect((await made.beat({ plugins: [] })).body.plan).toBeUndefined();
  });

  it('whose generation was raised meanwhile is superseded', async () => {
    const made = await onlineWithPlugin();
    const old = await claim(made.id);
    if (old === undefined) throw new Error('nothing was claimed');
    await sql('UPDATE workspaces SET generation = 2 WHERE id = :id::uuid', { id: made.id });
    expect(await store.storePlan({ claim: old, planId: 'x', actions: [], requestId: 'r' })).toBeUndefined();
    expect(await store.completeReconcile({ claim: old, evidence: {}, requestId: 'r' })).toBeUndefined();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_done: 0 });
  });

  it('whose declaration changed meanwhile is superseded', async () => {
    const made = await onlineWithPlugin();
    const old = await claim(made.id);
    if (old === undefined) throw new Error('nothing was claimed');
    await sql(
      `INSERT INTO declarations (workspace_id, version, document, actor) VALUES (:id::uuid, 2, '{"plugins": []}', 'test')`,
      { id: made.id },
    );
    expect(await store.storePlan({ claim: old, planId: 'x', actions: [], requestId: 'r' })).toBeUndefined();
    expect(await store.completeReconcile({ claim: old, evidence: {}, requestId: 'r' })).toBeUndefined();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_done: 0 });
  });

  it('answers only what it claimed: what was asked meanwhile stays owed', async () => {
    const made = await onlineWithPlugin();
    const old = await claim(made.id);
    if (old === undefined) throw new Error('nothing was claimed');
    await sql('UPDATE workspaces SET reconcile_wanted = reconcile_wanted + 1 WHERE id = :id::uuid', { id: made.id });
    await store.completeReconcile({ claim: old, evidence: {}, requestId: 'r' });
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 2, reconcile_done: 1 });
  });

  it('made again with the same actions is the same plan, with its age', async () => {
    const made = await onlineWithPlugin();
    await reconcile(made.id);
    const first = (await made.beat({ plugins: [] })).body.plan.plan_id;
    const [before] = await sql('SELECT handed_at::text, created_at::text FROM plans WHERE workspace_id = :id::uuid', {
      id: made.id,
    });
    await reconcile(made.id);
    const [after] = await sql('SELECT handed_at::text, created_at::text FROM plans WHERE workspace_id = :id::uuid', {
      id: made.id,
    });
    expect(after).toEqual(before);
    expect((await made.beat({ plugins: [] })).body.plan.plan_id).toBe(first);
    expect((await eventsOf(made.id)).filter(({ event }) => event === 'plan_made')).toHaveLength(1);
  });

  it('asks a runtime that waits for its plan to beat quickly, for two minutes at most', async () => {
    const made = await onlineWithPlugin();
    await reconcile(made.id);
    expect((await made.beat({ plugins: [] })).body.next_heartbeat_in_s).toBeLessThan(3);
    const [lease] = await sql('SELECT lease_seconds FROM heartbeats WHERE workspace_id = :id::uuid', { id: made.id });
    expect(lease).toEqual({ lease_seconds: 180 });
    await sql(`UPDATE plans SET handed_at = now() - interval '121 seconds' WHERE workspace_id = :id::uuid`, {
      id: made.id,
    });
    expect((await made.beat({ plugins: [] })).body.next_heartbeat_in_s).toBeGreaterThan(50);
  });

  it('tells of a plugin that failed, once, and stays owed', async () => {
    const made = await onlineWithPlugin();
    await reconcile(made.id);
    const failed = [{ name: 'seo-all', version: null, failed: { version: '1.0.0', reason: 'sha256 differs' } }];
    await made.beat({ plugins: failed });
    await made.beat({ plugins: failed });
    await reconcile(made.id);
    const failures = (await eventsOf(made.id)).filter(({ event }) => event === 'plugin_failed');
    expect(failures.map(({ reason }) => reason)).toEqual(['sha256 differs']);
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, reconcile_done: 0 });
  });

  it('asks for the removal of what is not declared', async () => {
    const made = await onlineWithPlugin();
    await made.beat({
      plugins: [
        { name: 'seo-all', version: '1.0.0' },
        { name: 'old', version: '3' },
      ],
    });
    await reconcile(made.id);
    expect((await made.beat()).body.plan.actions).toEqual([{ action: 'remove', name: 'old' }]);
  });

  it('that fails in one of many throws, after it has tried the others', async () => {
    const [one, other] = [await onlineWithPlugin(), await onlineWithPlugin()];
    const run = createReconcile({
      store: {
        ...store,
        claimReconcile: (input) =>
          input.workspaceId === one.id ? Promise.reject(new StoreUnavailable('down')) : store.claimReconcile(input),
      },
    });
    await expect(run({ workspaceId: null, requestId: 'r' })).rejects.toThrow(AggregateError);
    const [plan] = await sql('SELECT count(*)::integer AS plans FROM plans WHERE workspace_id = :id::uuid', {
      id: other.id,
    });
    expect(plan).toEqual({ plans: 1 });
  });
});
