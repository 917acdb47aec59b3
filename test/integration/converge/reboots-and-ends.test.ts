import { describe, expect, it } from 'vitest';
import { converge, owedOf } from '../../support/converge.ts';
import { ec2Faults, giveInstanceThatStays, inquirer, stop } from '../../support/ec2.ts';
import { eventsOf, transition } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { online, stateOf } from './online.ts';

describe('a reboot that is owed', () => {
  it('waits for the new boot, and is not asked twice when EC2 has agreed', async () => {
    const { id, token } = await online();
    await transition(id, 'restart', 'provisioning', 'reboot');
    await converge(id);
    const asked = await owedOf(id);
    expect(asked).toMatchObject({ status: 'provisioning', op: 'reboot', asked: true, attempts: 2 });
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: 'reboot', attempts: 2 });

    expect((await heartbeat(await token(1), id, { uptime_seconds: 5000 })).body.workspace_status).toBe('provisioning');
    expect((await register(await token(1), { id, boot_id: 'b2' })).body.workspace_status).toBe('online');
    expect(await owedOf(id)).toMatchObject({ status: 'online', op: null });
  });

  it('of a silent workspace makes it provisioning, so that the boot has its time', async () => {
    const { id } = await online();
    await transition(id, 'lease_expired', 'degraded', 'reboot');
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'reboot', asked: true, booting: true });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ event: 'rebooted' });
  });

  it('starts an instance that has stopped meanwhile', async () => {
    const { id, instanceId } = await online();
    await stop(instanceId);
    await expect.poll(() => stateOf(id)).toEqual(['stopped']);
    await transition(id, 'restart', 'provisioning', 'reboot');
    await converge(id);
    await expect.poll(() => stateOf(id)).toEqual(['running']);
  });

  it('is dropped, not failed, where it was tried too often and the runtime still beats badly', async () => {
    const { id } = await online();
    await transition(id, 'lease_expired', 'degraded', 'reboot');
    await sql('UPDATE workspaces SET ec2_attempts = 5 WHERE id = :id::uuid', { id });
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'degraded', op: null });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ event: 'operation_refused', reason: 'drop' });
  });
});

describe('an end that is owed', () => {
  it('is asked for until EC2 shows it, and the row keeps the instance until then', async () => {
    const { id, instanceId } = await online();
    await transition(id, 'remove', 'removed', 'terminate');
    await ec2Faults({ errors: [{ action: 'TerminateInstances', code: 'InternalError', status: 500 }] });
    await converge(id);
    await ec2Faults({});
    expect(await owedOf(id)).toMatchObject({ op: 'terminate', instance_id: instanceId, leased: null });
    await converge(id);
    await expect.poll(() => stateOf(id)).toEqual(['terminated']);
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'removed', op: null, instance_id: null });
  });

  it('counts as done an hour after EC2 has forgotten the instance, and not sooner', async () => {
    const { id } = await online();
    await sql(`UPDATE workspaces SET instance_id = 'i-0123456789abcdef0' WHERE id = :id::uuid`, { id });
    await transition(id, 'remove', 'removed', 'terminate');
    await converge(id);
    await sql(
      `UPDATE workspaces SET ec2_absent_since = ec2_absent_since - interval '59 minutes' WHERE id = :id::uuid`,
      { id },
    );
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: 'terminate', instance_id: 'i-0123456789abcdef0' });
    await sql(`UPDATE workspaces SET ec2_absent_since = ec2_absent_since - interval '1 minute' WHERE id = :id::uuid`, {
      id,
    });
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: null, instance_id: null });
  });

  it('invariant 10: does not touch an instance that does not bear our tag', async () => {
    const { id } = await online();
    const foreign = await giveInstanceThatStays('running', id);
    await transition(id, 'remove', 'removed', 'terminate');
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: null, instance_id: null });
    const answer = (await inquirer.inquire([foreign])).get(foreign);
    expect(answer).toMatchObject({ kind: 'named', observation: { state: 'running' } });
  });
});
