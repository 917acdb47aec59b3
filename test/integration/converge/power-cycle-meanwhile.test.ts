import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { converge } from '../../support/converge.ts';
import { store, transition } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { sweepOnce } from '../../support/sweep.ts';
import { liveness } from '../liveness/aged.ts';
import { stateOf } from './online.ts';
import { cycleOf, impaired, owePowerCycle, reached, stoppedForIt } from './power-cycled.ts';

const ENDED = { power_cycle: false, stop_asked: false };
const UNDER_WAY = { status: 'provisioning', op: 'start', asked: false, power_cycle: true, stop_asked: true };

const command = (id: string, name: 'pause' | 'resume' | 'restart' | 'remove') =>
  store.commandWorkspace({
    workspaceId: id,
    command: name,
    replace: false,
    actor: 'test',
    requestId: randomUUID(),
  });

/** Lets far more than a boot's time go by since the status is what it is. */
const hoursLater = (id: string) =>
  sql(
    `UPDATE workspaces SET status_since = status_since - interval '3 hours',
       boot_asked_at = boot_asked_at - interval '3 hours' WHERE id = :id::uuid`,
    { id },
  );

describe('between the stop of a power cycle and its start', () => {
  it('the sweep takes what EC2 shows for no stop by a person, and changes nothing', async () => {
    const { id } = await stoppedForIt();
    await hoursLater(id);
    await sweepOnce();
    expect(await cycleOf(id)).toMatchObject({ ...UNDER_WAY, stopped_by: 'muster' });
    await converge(id);
    await reached(id, 'running');
  });

  it('no boot’s time begins, however long the stop takes', async () => {
    const { id } = await stoppedForIt();
    await hoursLater(id);
    await liveness();
    expect(await cycleOf(id)).toMatchObject(UNDER_WAY);
    await converge(id);
    await hoursLater(id);
    await sql(`UPDATE workspaces SET ec2_op_asked_at = ec2_op_asked_at - interval '3 hours' WHERE id = :id::uuid`, {
      id,
    });
    await liveness();
    expect(await cycleOf(id)).toMatchObject({ status: 'offline', op: 'launch' });
  });

  it('the last words of the process that it ends change nothing', async () => {
    const { id, token } = await stoppedForIt();
    expect((await heartbeat(await token(1), id, { uptime_seconds: 5000 })).body.workspace_status).toBe('provisioning');
    expect((await register(await token(1), { id, boot_id: 'b1' })).body.workspace_status).toBe('provisioning');
    expect(await cycleOf(id)).toMatchObject(UNDER_WAY);
  });

  it.each([
    ['a new boot', { boot_id: 'b2' }],
    ['a register that does not say which boot it is', {}],
  ])('%s ends it, and the stop that still comes is no person’s: it is started again', async (_, boot) => {
    const { id, token } = await stoppedForIt();
    expect((await register(await token(1), { id, ...boot })).body.workspace_status).toBe('online');
    expect(await cycleOf(id)).toMatchObject({ status: 'online', op: null, stopped_by: 'muster', ...ENDED });
    await sweepOnce();
    expect(await cycleOf(id)).toMatchObject({ status: 'offline', op: 'start', ...ENDED });
    await converge(id);
    await reached(id, 'running');
    expect(await cycleOf(id)).toMatchObject({ stopped_by: null });
  });

  it('a pause ends it: what is stopped stays so', async () => {
    const { id } = await stoppedForIt();
    await command(id, 'pause');
    expect(await cycleOf(id)).toMatchObject({ status: 'paused', op: 'stop', ...ENDED });
    await converge(id);
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ status: 'paused', op: null });
    expect(await stateOf(id)).toEqual(['stopped']);
  });

  it('a resume after a pause owes a start that stops nothing', async () => {
    const { id } = await stoppedForIt();
    await command(id, 'pause');
    await command(id, 'resume');
    expect(await cycleOf(id)).toMatchObject({ status: 'provisioning', op: 'start', ...ENDED });
    await converge(id);
    await reached(id, 'running');
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ op: null });
    expect(await stateOf(id)).toEqual(['running']);
  });

  it('a removal ends it', async () => {
    const { id } = await stoppedForIt();
    await command(id, 'remove');
    expect(await cycleOf(id)).toMatchObject({ status: 'removed', op: 'terminate', ...ENDED });
    await converge(id);
    await reached(id, 'terminated');
  });
});

describe('before EC2 was asked for its stop, a power cycle', () => {
  it('ends with a heartbeat, and nothing is stopped', async () => {
    const { id, token } = await impaired();
    expect((await heartbeat(await token(1), id, { uptime_seconds: 5000 })).body.workspace_status).toBe('online');
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ status: 'online', op: null, stopped_by: null, ...ENDED });
    expect(await stateOf(id)).toEqual(['running']);
  });

  it('ends with a bad heartbeat too, which changes no status', async () => {
    const { id, token } = await impaired();
    await sql(`UPDATE workspaces SET status_reason = 'lease_expired' WHERE id = :id::uuid`, { id });
    const beat = await heartbeat(await token(1), id, { error_rate: 1, uptime_seconds: 5000 });
    expect(beat.body.workspace_status).toBe('degraded');
    expect(await cycleOf(id)).toMatchObject({ status: 'degraded', op: null, ...ENDED });
  });

  it('ends with a restart, which owes its reboot alone', async () => {
    const { id } = await impaired();
    await command(id, 'restart');
    expect(await cycleOf(id)).toMatchObject({ status: 'provisioning', op: 'reboot', ...ENDED });
  });

  it('ends where its instance is found stopped: a start is what is left, and stops nothing', async () => {
    const { id } = await impaired();
    await transition(id, 'instance_stopped', 'offline', 'start');
    expect(await cycleOf(id)).toMatchObject({ status: 'offline', op: 'start', ...ENDED });
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ op: null });
    expect(await stateOf(id)).toEqual(['running']);
  });

  it('stays owed when silence goes on and its statement says so, and not else', async () => {
    const { id } = await impaired();
    await owePowerCycle(id, 'offline');
    expect(await cycleOf(id)).toMatchObject({ status: 'offline', op: 'start', power_cycle: true });
    const other = await impaired();
    await transition(other.id, 'lease_expired', 'offline', 'launch');
    expect(await cycleOf(other.id)).toMatchObject({ op: 'launch', ...ENDED });
  });
});

it('a power cycle is nothing that can be set without the start that it is part of', async () => {
  const { id } = await impaired();
  await transition(id, 'register', 'online');
  await sql('UPDATE workspaces SET power_cycle = true, power_stop_asked_at = now() WHERE id = :id::uuid', { id });
  expect(await cycleOf(id)).toMatchObject({ op: null, ...ENDED });
});
