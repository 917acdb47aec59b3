import { describe, expect, it } from 'vitest';
import { createReconcile } from '../../functions/reconcile/reconcile.ts';
import { StoreUnavailable } from '../../lib/domain/errors.ts';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL, store } from '../support/registry.ts';
import { heartbeat, reconcile, register } from '../support/runtime.ts';
import { sql } from '../support/sql.ts';

const onlineWithPlugin = async () => {
  const made = await makeWorkspace({ declaration: SEO_ALL });
  const token = await made.token('runtime');
  await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
  return { ...made, beat: (beat = {}) => heartbeat(token, made.id, beat) };
};

describe('a reconcile', () => {
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
