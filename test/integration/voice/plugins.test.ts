import { beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL } from '../../support/registry.ts';
import { heartbeat, reconcile, reconcileOwed, register } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';

const { lambda } = shared.now;

beforeEach(() => {
  lambda.invocations.length = 0;
  lambda.refuses = false;
});

/** Runs what was asked of the Lambda API, as Lambda would. */
const runInvoked = async () => {
  for (const { payload } of lambda.invocations.splice(0)) {
    expect(payload).toEqual({ workspace_id: expect.any(String) });
    if (typeof payload === 'object' && payload !== null && 'workspace_id' in payload) {
      await reconcile(String(payload.workspace_id));
    }
  }
};

const INSTALLED = [{ name: 'seo-all', version: '1.0.0' }];

describe('invariant 5: what is owed is done: a declared plugin reaches a runtime', () => {
  it('that registers before it ever beats: the transition at register fires the reconcile', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const registered = await register(await made.token('bootstrap'), { id: made.id, boot_id: 'b1', plugins: [] });
    expect(registered).toMatchObject({
      status: 200,
      body: { status: 'registered', workspace_status: 'online', generation: 1 },
    });
    expect(lambda.invocations).toEqual([
      { functionName: 'muster-test-reconcile', type: 'Event', payload: { workspace_id: made.id } },
    ]);
    await runInvoked();

    const beat = await heartbeat(registered.body.auth_token, made.id, { plugins: [] });
    expect(beat.body.plan.actions).toEqual([
      { action: 'install', name: 'seo-all', version: '1.0.0', url: SEO_ALL.plugins[0].source, sha256: 'a'.repeat(64) },
    ]);
    const done = await heartbeat(registered.body.auth_token, made.id, { plugins: INSTALLED });
    expect(done.status).toBe(200);
    await runInvoked();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 2, reconcile_done: 2 });
    const last = await heartbeat(registered.body.auth_token, made.id, { plugins: INSTALLED });
    expect(last.body.plan).toBeUndefined();
    expect((await eventsOf(made.id)).map(({ event }) => event)).toEqual([
      'created',
      'instance_launched',
      'register',
      'plan_made',
      'plugin_installed',
      'reconciled',
    ]);
  });

  it('that only beats, with a token it has kept', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    expect((await heartbeat(token, made.id)).body).toMatchObject({ workspace_status: 'online' });
    expect(lambda.invocations).toHaveLength(1);
    await runInvoked();
    expect((await heartbeat(token, made.id)).body.plan.actions).toHaveLength(1);
    await heartbeat(token, made.id, { plugins: INSTALLED });
    await runInvoked();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 2, reconcile_done: 2 });
  });

  it('that never reports plugins: done when it speaks again after the plan was handed over', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await heartbeat(token, made.id);
    await runInvoked();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, reconcile_done: 0 });
    for (let beats = 0; beats < 2; beats += 1) {
      expect((await heartbeat(token, made.id)).body.plan).toBeDefined();
      expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, reconcile_done: 0 });
    }
    await runInvoked();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, reconcile_done: 1 });
  });

  it('although the invoke of reconcile fails: by the schedule', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    lambda.refuses = true;
    const registered = await register(await made.token('bootstrap'), { id: made.id, boot_id: 'b1', plugins: [] });
    expect(registered.status).toBe(200);
    expect(lambda.invocations).toEqual([]);
    expect(await reconcileOwed()).toMatchObject({ planned: 1 });
    expect((await heartbeat(registered.body.auth_token, made.id, { plugins: [] })).body.plan).toBeDefined();
    await heartbeat(registered.body.auth_token, made.id, { plugins: INSTALLED });
    await sql(`UPDATE workspaces SET reconcile_next_at = now() WHERE id = :id::uuid`, { id: made.id });
    expect(await reconcileOwed()).toMatchObject({ done: 1 });
  });

  it('although the invoke is lost: a beat asks again for what nobody has begun after five seconds', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
    lambda.invocations.length = 0;
    const asks = async (secondsDue: number, secondsOwed: number) => {
      await sql(
        `UPDATE workspaces SET reconcile_next_at = now() - make_interval(secs => :due::integer),
           reconcile_since = now() - make_interval(secs => :owed::integer) WHERE id = :id::uuid`,
        { id: made.id, due: secondsDue, owed: secondsOwed },
      );
      await heartbeat(token, made.id, { plugins: [] });
      return lambda.invocations.splice(0).length;
    };
    expect(await asks(4, 4)).toBe(0);
    expect(await asks(6, 6)).toBe(1);
    expect(await asks(-20, 6)).toBe(0);
    expect(await asks(6, 121)).toBe(0);
    await reconcile(made.id);
    expect(await asks(6, 6)).toBe(0);
  });

  it('again after a new boot while online: what another boot reported is unknown', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: INSTALLED });
    await runInvoked();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 2, reconcile_done: 2 });
    await register(token, { id: made.id, boot_id: 'b2' });
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 3, reconcile_done: 2, status: 'online' });
    await heartbeat(token, made.id, { plugins: [] });
    await runInvoked();
    expect((await heartbeat(token, made.id, { plugins: [] })).body.plan.actions).toHaveLength(1);
  });

  it('again after a new boot that never reports: done when that boot was handed its own plan', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
    await runInvoked();
    expect((await heartbeat(token, made.id)).body.plan).toBeDefined();
    await register(token, { id: made.id, boot_id: 'b2' });
    expect((await heartbeat(token, made.id)).body.plan).toBeUndefined();
    await runInvoked();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 2, reconcile_done: 0 });
    for (let beats = 0; beats < 2; beats += 1) {
      expect((await heartbeat(token, made.id)).body.plan).toBeDefined();
    }
    await runInvoked();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 2, reconcile_done: 2 });
  });
});

it('a report is written once, its long reason cut, and what it no longer names is removed', async () => {
  const made = await makeWorkspace({ status: 'online' });
  const token = await made.token('runtime');
  const failed = { version: '2', reason: 'x'.repeat(2_000) };
  const report = {
    plugins: [
      { name: 'a', version: '1' },
      { name: 'b', version: null, failed },
    ],
  };
  const stored = () =>
    sql(
      `SELECT name, version, char_length(failed_reason) AS reason, reported_at::text
       FROM installed_plugins WHERE workspace_id = :id::uuid ORDER BY name`,
      { id: made.id },
    );
  expect((await heartbeat(token, made.id, report)).status).toBe(200);
  const first = await stored();
  expect(first).toMatchObject([
    { name: 'a', version: '1' },
    { name: 'b', version: null, reason: 300 },
  ]);
  await heartbeat(token, made.id, report);
  expect(await stored()).toEqual(first);
  await heartbeat(token, made.id, { plugins: [] });
  expect(await stored()).toEqual([]);
  const told = (await eventsOf(made.id)).map(({ event, evidence }) => [event, JSON.parse(String(evidence)).name]);
  expect(told.slice(-3)).toEqual([
    ['plugin_installed', 'a'],
    ['plugin_failed', 'b'],
    ['plugin_removed', 'a'],
  ]);
});
