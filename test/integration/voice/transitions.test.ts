import { beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL, transition } from '../../support/registry.ts';
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
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, reconcile_done: 1 });
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
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, reconcile_done: 1 });
  });

  it('that never reports plugins: done when the plan was handed over', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await heartbeat(token, made.id);
    await runInvoked();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, reconcile_done: 0 });
    expect((await heartbeat(token, made.id)).body.plan).toBeDefined();
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

  it('again after a new boot while online: what another boot reported is unknown', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: INSTALLED });
    await runInvoked();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, reconcile_done: 1 });
    await register(token, { id: made.id, boot_id: 'b2' });
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 2, reconcile_done: 1, status: 'online' });
    await runInvoked();
    expect((await heartbeat(token, made.id, { plugins: [] })).body.plan.actions).toHaveLength(1);
  });
});

describe('register', () => {
  it.each([
    ['the same boot_id', 'b1'],
    ['no boot_id', undefined],
  ])('while online with %s is no new boot', async (_, boot_id) => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1' });
    await register(token, { id: made.id, boot_id });
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, boot_id: 'b1' });
  });

  it('with the first boot_id after none is no new boot', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await register(token, { id: made.id });
    await register(token, { id: made.id, boot_id: 'b1' });
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, boot_id: 'b1' });
  });

  it('gives racing callers, and one who asks again, the same token', async () => {
    const made = await makeWorkspace();
    const bootstrap = await made.token('bootstrap');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => register(bootstrap, { id: made.id, boot_id: 'b1' })),
    );
    expect(new Set(answers.map(({ body }) => body.auth_token)).size).toBe(1);
  });

  it('closes the bootstrap token only with the first heartbeat of its boot', async () => {
    const made = await makeWorkspace();
    const bootstrap = await made.token('bootstrap');
    const first = await register(bootstrap, { id: made.id, boot_id: 'b1' });
    expect((await register(bootstrap, { id: made.id, boot_id: 'b1' })).status).toBe(200);
    await heartbeat(first.body.auth_token, made.id);
    expect((await register(bootstrap, { id: made.id, boot_id: 'b1' })).status).toBe(401);
  });

  it('stores what the runtime says of itself, and keeps it when a later register leaves it out', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    const told = { url: 'http://10.0.0.1', agent_version: '2.1', capabilities: ['status_mgmt'], agent_card: { a: 1 } };
    await register(token, { id: made.id, boot_id: 'b1', ...told, an_unknown_key: true });
    await register(token, { id: made.id, boot_id: 'b1' });
    const [row] = await sql(
      'SELECT url, agent_version, capabilities::text, agent_card::text FROM workspaces WHERE id = :id::uuid',
      { id: made.id },
    );
    expect(row).toEqual({
      url: told.url,
      agent_version: '2.1',
      capabilities: '["status_mgmt"]',
      agent_card: '{"a": 1}',
    });
  });
});

describe('a heartbeat judges health', () => {
  const WEDGED = { runtime_state: 'wedged' };
  it.each([
    ['provisioning', { error_rate: 0 }, 'online', 1],
    ['provisioning', { error_rate: 0.3 }, 'online', 1],
    ['provisioning', { error_rate: 0.5 }, 'degraded', 1],
    ['provisioning', WEDGED, 'degraded', 1],
    ['online', { error_rate: 0.49 }, 'online', 0],
    ['online', { error_rate: 0.5 }, 'degraded', 0],
    ['online', WEDGED, 'degraded', 0],
    ['degraded', { error_rate: 0.09 }, 'online', 1],
    ['degraded', { error_rate: 0.1 }, 'degraded', 0],
    ['degraded', { error_rate: 0, ...WEDGED }, 'degraded', 0],
    ['offline', { error_rate: 0.3 }, 'online', 1],
    ['offline', { error_rate: 1 }, 'degraded', 1],
    ['failed', { error_rate: 0.3 }, 'online', 1],
    ['failed', { error_rate: 0.9 }, 'degraded', 1],
  ] as const)('from %s with %o: %s, %i more reconcile', async (status, beat, expected, more) => {
    const made = await makeWorkspace({ status });
    const version = Number((await rowOf(made.id))?.['token_version']);
    const before = Number((await rowOf(made.id))?.['reconcile_wanted']);
    const answer = await heartbeat(await made.token('runtime', version), made.id, beat);
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok', workspace_status: expected } });
    expect(await rowOf(made.id)).toMatchObject({ status: expected, reconcile_wanted: before + more });
  });

  it('does not judge a runtime with status_mgmt by its error rate, but by a wedge', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    const own = { runtime_metadata: { capabilities: ['status_mgmt'] } };
    expect((await heartbeat(token, made.id, { error_rate: 1, ...own })).body.workspace_status).toBe('online');
    expect((await heartbeat(token, made.id, { error_rate: 1 })).body.workspace_status).toBe('online');
    expect((await heartbeat(token, made.id, { ...WEDGED })).body.workspace_status).toBe('degraded');
  });

  it('heals between the two rates what is degraded only for an expired lease', async () => {
    const made = await makeWorkspace({ status: 'online' });
    await sql(
      `UPDATE workspaces SET status = 'degraded', cause = '{"event": "lease_expired", "reason": "lease_expired",
         "actor": "liveness"}' WHERE id = :id::uuid`,
      { id: made.id },
    );
    const token = await made.token('runtime');
    expect((await heartbeat(token, made.id, { error_rate: 0.3 })).body.workspace_status).toBe('online');
  });

  it('keeps degraded what has beaten badly since its lease expired', async () => {
    const made = await makeWorkspace({ status: 'online' });
    await sql(
      `UPDATE workspaces SET status = 'degraded', cause = '{"event": "lease_expired", "reason": "lease_expired",
         "actor": "liveness"}' WHERE id = :id::uuid`,
      { id: made.id },
    );
    const token = await made.token('runtime');
    await heartbeat(token, made.id, { error_rate: 0.9 });
    expect((await heartbeat(token, made.id, { error_rate: 0.3 })).body.workspace_status).toBe('degraded');
  });

  it('keeps the spend that was told when a beat tells 0 or nothing', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await heartbeat(token, made.id, { monthly_spend: 1200 });
    await heartbeat(token, made.id, { monthly_spend: 0 });
    await heartbeat(token, made.id);
    const [row] = await sql('SELECT monthly_spend FROM heartbeats WHERE workspace_id = :id::uuid', { id: made.id });
    expect(row).toEqual({ monthly_spend: 1200 });
  });

  it('while an operation is under way on EC2 only from a process younger than it', async () => {
    const made = await makeWorkspace({ status: 'online' });
    await transition(made.id, 'restart', 'provisioning', 'reboot');
    await sql(`UPDATE workspaces SET ec2_op_asked_at = now() - interval '60 seconds' WHERE id = :id::uuid`, {
      id: made.id,
    });
    const token = await made.token('runtime');
    expect((await heartbeat(token, made.id, { uptime_seconds: 5000 })).body.workspace_status).toBe('provisioning');
    expect((await heartbeat(token, made.id, { uptime_seconds: 20 })).body.workspace_status).toBe('online');
    expect((await rowOf(made.id))?.['ec2_op']).toBeNull();
  });
});
