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
  return { ...made, token, beat: (beat = {}) => heartbeat(token, made.id, beat) };
};

describe('a reconcile', () => {
  it('made again with the same actions is the same plan, with its age', async () => {
    const made = await onlineWithPlugin();
    await reconcile(made.id);
    const first = (await made.beat({ plugins: [] })).body.plan.plan_id;
    const [before] = await sql('SELECT handed_at::text, created_at::text FROM plans WHERE workspace_id = :id::uuid', {
      id: made.id,
    });
    await sql(`UPDATE declared_plugins SET source = 'https://renewed/' WHERE workspace_id = :id::uuid`, {
      id: made.id,
    });
    await reconcile(made.id);
    const [after] = await sql('SELECT handed_at::text, created_at::text FROM plans WHERE workspace_id = :id::uuid', {
      id: made.id,
    });
    expect(after).toEqual(before);
    expect((await made.beat({ plugins: [] })).body.plan).toMatchObject({
      plan_id: first,
      actions: [{ url: 'https://renewed/' }],
    });
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

  it('is left to the schedule after 30 s, then twice as long, 15 minutes at most; a new boot or a transition is due at once', async () => {
    const { id, token, beat } = await onlineWithPlugin();
    const next = `SELECT 10 * round(extract(epoch FROM reconcile_next_at - clock_timestamp()) / 10)::integer AS s
      FROM workspaces WHERE id = :id::uuid`;
    const waits: unknown[] = [];
    const tryAgain = async () => {
      await reconcile(id);
      waits.push((await sql(next, { id }))[0]?.['s']);
    };
    const isDue = async () => expect(await store.listOwedReconciles({ limit: 1000 })).toContainEqual({ id });
    for (let tries = 0; tries < 7; tries += 1) await tryAgain();
    await register(token, { id, boot_id: 'b2', plugins: [] });
    await isDue();
    for (let tries = 0; tries < 2; tries += 1) await tryAgain();
    await beat({ error_rate: 1 });
    await beat({ error_rate: 0 });
    await isDue();
    await tryAgain();
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 30, 60, 30]);
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
