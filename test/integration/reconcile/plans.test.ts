import { describe, expect, it } from 'vitest';
import { createReconcile } from '../../../functions/reconcile/reconcile.ts';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import { INSTALLED, reconciled, told } from '../../support/reconciled.ts';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL, store } from '../../support/registry.ts';
import { heartbeat, reconcile, reconcileOwed, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

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
    const age = (since: number, handed: number) =>
      sql(
        `WITH w AS (UPDATE workspaces SET reconcile_since = now() - make_interval(secs => :since::integer)
           WHERE id = :id::uuid)
         UPDATE plans SET handed_at = now() - make_interval(secs => :handed::integer) WHERE workspace_id = :id::uuid`,
        { id: made.id, since, handed },
      );
    const paceAged = async (since: number, handed: number) => {
      await age(since, handed);
      return (await made.beat({ plugins: [] })).body.next_heartbeat_in_s;
    };
    expect(await paceAged(0, 121)).toBeLessThan(3);
    expect(await paceAged(121, 0)).toBeLessThan(3);
    expect(await paceAged(121, 121)).toBeGreaterThanOrEqual(30);
  });

  it('asks a runtime whose plan is yet to be made to beat after a second, for two minutes at most', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    const registered = await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
    expect(registered.body.next_heartbeat_in_s).toBeLessThan(1.2);
    expect((await heartbeat(token, made.id, { plugins: [] })).body.next_heartbeat_in_s).toBeLessThan(3);
    await sql(`UPDATE workspaces SET reconcile_since = now() - interval '121 seconds' WHERE id = :id::uuid`, {
      id: made.id,
    });
    expect((await heartbeat(token, made.id, { plugins: [] })).body.next_heartbeat_in_s).toBeGreaterThanOrEqual(30);
    expect((await register(token, { id: made.id, boot_id: 'b1' })).body.next_heartbeat_in_s).toBeGreaterThanOrEqual(30);
    const byBeat = await makeWorkspace({ declaration: SEO_ALL });
    const first = await heartbeat(await byBeat.token('runtime'), byBeat.id);
    expect(first.body.next_heartbeat_in_s).toBeLessThan(1.2);
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
    expect(await rowOf(made.id)).toMatchObject({ reconcile_done: 0 });
  });

  it('a declared plugin that failed is asked for with every beat until it is there, however long the box stays online', async () => {
    const made = await onlineWithPlugin();
    await reconcile(made.id);
    await made.beat({ plugins: [] });
    const failed = [{ name: 'seo-all', version: null, failed: { version: '1.0.0', reason: 'sha256 differs' } }];
    for (let beats = 0; beats < 3; beats += 1) {
      expect((await made.beat({ plugins: failed })).body.plan.actions).toMatchObject([{ name: 'seo-all' }]);
      await sql(
        `UPDATE workspaces SET reconcile_next_at = now(), reconcile_since = now() - interval '1 day' WHERE id = :id::uuid`,
        { id: made.id },
      );
      await reconcileOwed();
      expect((await rowOf(made.id))?.['reconcile_done']).toBe(0);
    }
    await made.beat({ plugins: [{ name: 'seo-all', version: '1.0.0' }] });
    expect(await reconcile(made.id)).toMatchObject({ done: 1 });
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
    await expect(run({ workspaceId: null, requestId: 'r', timeLeftMs: () => 1 })).rejects.toThrow(AggregateError);
    const [plan] = await sql('SELECT count(*)::integer AS plans FROM plans WHERE workspace_id = :id::uuid', {
      id: other.id,
    });
    expect(plan).toEqual({ plans: 1 });
  });
});

describe('the history tells why it took as long as it did', () => {
  it('what a reconcile was owed for, since when, and when its plan was made and handed over', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
    await sql(`UPDATE workspaces SET reconcile_since = now() - interval '40 seconds' WHERE id = :id::uuid`, {
      id: made.id,
    });
    await reconcileOwed();
    await heartbeat(token, made.id, { plugins: [] });
    await heartbeat(token, made.id, { plugins: INSTALLED });
    await reconcile(made.id);
    const [plan, end] = await told(made.id, 'plan_made', 'reconciled');
    expect(plan?.evidence).toMatchObject({
      found_by: 'schedule',
      tries: 1,
      actions: [{ action: 'install', name: 'seo-all', version: '1.0.0' }],
    });
    expect(Math.floor(plan?.evidence.seconds / 10)).toBe(4);
    expect(end?.evidence).toMatchObject({
      because: 'register',
      tries: 1,
      declared: 1,
      confirmed_by_runtime: true,
      planned_at: expect.any(String),
      handed_at: expect.any(String),
    });
    expect(Math.floor(end?.evidence.seconds / 10)).toBe(4);
    expect(await eventsOf(made.id)).toContainEqual(expect.objectContaining({ event: 'plan_made', reason: 'register' }));
  });

  it.each([
    ['new_boot', async (id: string, token: string) => register(token, { id, boot_id: 'b2', plugins: INSTALLED })],
    ['installed_changed', async (id: string, token: string) => heartbeat(token, id, { plugins: [] })],
  ])('a reconcile that is owed for %s says so', async (because, cause) => {
    const made = await reconciled();
    const none = { reconcile_because: null, reconcile_since: null };
    expect(await store.readWorkspace({ id: made.id })).toMatchObject(none);
    await cause(made.id, made.runtime);
    const [row] = await sql(
      `SELECT reconcile_because, reconcile_since > now() - interval '5 seconds' AS fresh
       FROM workspaces WHERE id = :id::uuid`,
      { id: made.id },
    );
    expect(row).toEqual({ reconcile_because: because, fresh: true });
  });
});
