import { describe, expect, it } from 'vitest';
import { converge, launching, owedOf } from '../../support/converge.ts';
import { ec2Calls, ec2Faults, giveInstanceThatStays, resetEc2Calls, stop, stopFor } from '../../support/ec2.ts';
import { eventsOf, transition } from '../../support/registry.ts';
import { register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { online, stateOf } from './online.ts';
import { cycleOf, impaired, owePowerCycle, reached, stoppedForIt } from './power-cycled.ts';

const ENDED = { power_cycle: false, stop_asked: false };

describe('a power cycle that is owed', () => {
  it('stops what runs, starts it again, and is one attempt', async () => {
    const { id, token } = await impaired();
    await converge(id);
    const stopping = { op: 'start', asked: false, power_cycle: true, stop_asked: true, stopped_by: 'muster' };
    expect(await cycleOf(id)).toEqual({ status: 'provisioning', attempts: 2, ...stopping });
    await reached(id, 'stopped');

    await converge(id);
    const starting = { status: 'provisioning', op: 'start', asked: true, stopped_by: null };
    expect(await cycleOf(id)).toEqual({ attempts: 2, ...starting, ...ENDED });
    expect(await owedOf(id)).toMatchObject({ booting: true, bootstrap_open: true });
    await reached(id, 'running');

    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: null, generation: 1, leased: null });
    expect((await register(await token(1), { id, boot_id: 'b2' })).body.workspace_status).toBe('online');
    expect((await eventsOf(id)).slice(-6).map(({ event, reason }) => [event, reason])).toEqual([
      ['lease_expired', 'test'],
      ['rebooted', 'power_cycle'],
      ['operation_asked', 'stop'],
      ['operation_asked', 'start'],
      ['operation_done', 'done'],
      ['register', 'register'],
    ]);
  });

  it('of a workspace that went offline meanwhile is carried out all the same', async () => {
    const { id } = await online();
    await transition(id, 'lease_expired', 'degraded');
    await owePowerCycle(id, 'offline');
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ status: 'provisioning', power_cycle: true, stop_asked: true });
  });

  it('waits while it stops, and launches where it hangs there', async () => {
    const { id } = await impaired();
    await converge(id);
    await reached(id, 'stopped');
    await giveInstanceThatStays('stopping', id);
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ op: 'start', asked: false, power_cycle: true });
    await sql(
      `UPDATE workspaces SET ec2_stopping_since = ec2_stopping_since - interval '20 minutes' WHERE id = :id::uuid`,
      { id },
    );
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: null, generation: 2 });
    expect(await cycleOf(id)).toMatchObject(ENDED);
  });

  it.each([
    ['cannot be stopped', (id: string) => sql('UPDATE workspaces SET stoppable = false WHERE id = :id::uuid', { id })],
    ['does not bear our tag', (id: string) => giveInstanceThatStays('running', id)],
  ])('launches instead where the instance %s, and stops nothing', async (_, change) => {
    const { id } = await impaired();
    await change(id);
    await resetEc2Calls();
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: null, generation: 2, attempts: 2 });
    expect(await ec2Calls()).not.toHaveProperty('StopInstances');
    expect(await cycleOf(id)).toMatchObject(ENDED);
  });

  it('is not begun where the budget is spent', async () => {
    const { id } = await impaired();
    await sql('UPDATE workspaces SET ec2_attempts = 5 WHERE id = :id::uuid', { id });
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ status: 'degraded', op: null, ...ENDED });
    expect(await stateOf(id)).toEqual(['running']);
  });

  it('comes to its start where its stop was the last attempt', async () => {
    const { id } = await impaired();
    await sql('UPDATE workspaces SET ec2_attempts = 4 WHERE id = :id::uuid', { id });
    await converge(id);
    await reached(id, 'stopped');
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ status: 'provisioning', asked: true, attempts: 5 });
    await reached(id, 'running');
  });

  it('finds an instance stopped that stopped by itself, and counts its start', async () => {
    const { id, instanceId } = await impaired();
    await stopFor('Client.InstanceInitiatedShutdown', instanceId);
    await reached(id, 'stopped');
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ status: 'provisioning', asked: true, attempts: 2, ...ENDED });
    await reached(id, 'running');
  });

  it('holds a stop by a person that came before it', async () => {
    const { id, instanceId } = await impaired();
    await stop(instanceId);
    await reached(id, 'stopped');
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ status: 'degraded', op: null, stopped_by: 'user', ...ENDED });
    expect(await stateOf(id)).toEqual(['stopped']);
  });
});

describe('the stop of a power cycle', () => {
  it('whose answer was lost is not another attempt, and is followed by its start', async () => {
    const { id, instanceId } = await impaired();
    const unanswered: typeof launching.operator.operate = async (...call) => {
      await launching.operator.operate(...call);
      return new Map([[instanceId, { kind: 'unknown', error: 'TimeoutError' }]]);
    };
    await converge(id, { operator: { operate: unanswered } });
    expect(await cycleOf(id)).toMatchObject({ power_cycle: true, stop_asked: true, attempts: 2 });
    await reached(id, 'stopped');
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ asked: true, attempts: 2, ...ENDED });
  });

  it('that EC2 refuses is asked for again after a backoff, as another attempt', async () => {
    const { id } = await impaired();
    await ec2Faults({ errors: [{ action: 'StopInstances', code: 'OperationNotPermitted' }] });
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ op: 'start', power_cycle: true, attempts: 2 });
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(40);
    expect((await eventsOf(id)).at(-1)).toMatchObject({ event: 'operation_refused' });
    await ec2Faults({});
    await converge(id);
    await reached(id, 'stopped');
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ asked: true, attempts: 3, ...ENDED });
  });

  it('is known as ours while it is under way', async () => {
    const { id } = await stoppedForIt();
    expect(await cycleOf(id)).toMatchObject({ stopped_by: 'muster' });
    expect((await eventsOf(id)).filter(({ reason }) => reason === 'stop')).toHaveLength(1);
  });
});
