import { describe, expect, it } from 'vitest';
import { makeWorkspace, rowOf } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const WEDGED = { runtime_state: 'wedged' };

const degradedForSilence = async () => {
  const made = await makeWorkspace({ status: 'online', restartPolicy: 'on_silence' });
  await sql(
    `UPDATE workspaces SET status = 'degraded', cause = '{"event": "lease_expired", "reason": "lease_expired",
       "actor": "liveness", "owes": "reboot"}' WHERE id = :id::uuid`,
    { id: made.id },
  );
  return made;
};

describe('a heartbeat judges health', () => {
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
    const made = await degradedForSilence();
    const token = await made.token('runtime');
    expect((await heartbeat(token, made.id, { error_rate: 0.3 })).body.workspace_status).toBe('online');
  });

  it('keeps degraded what has beaten badly since its lease expired', async () => {
    const made = await degradedForSilence();
    const token = await made.token('runtime');
    await heartbeat(token, made.id, { error_rate: 0.9 });
    expect((await heartbeat(token, made.id, { error_rate: 0.3 })).body.workspace_status).toBe('degraded');
  });

  it('ends what silence owed, also when it beats badly', async () => {
    const made = await degradedForSilence();
    expect(await rowOf(made.id)).toMatchObject({ ec2_op: 'reboot' });
    await heartbeat(await made.token('runtime'), made.id, { error_rate: 0.9 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'degraded', status_reason: 'error_rate', ec2_op: null });
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
});
