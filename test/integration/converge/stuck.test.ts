import { StartInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { comeDue, converge, createLaunched, instancesOf, type launching, owedOf } from '../../support/converge.ts';
import { ec2, giveInstanceThatStays, stop } from '../../support/ec2.ts';
import { eventsOf, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { sweepOnce } from '../../support/sweep.ts';
import { liveness } from '../liveness/aged.ts';

const stateOf = async (id: string) => (await instancesOf(id)).map(({ state }) => state);

/** Lets far more than a boot's time go by for everything that is under way. */
const hoursLater = (id: string) =>
  sql(
    `UPDATE workspaces SET boot_asked_at = boot_asked_at - interval '3 hours',
       ec2_op_asked_at = ec2_op_asked_at - interval '3 hours',
       ec2_stopping_since = ec2_stopping_since - interval '3 hours', status_since = status_since - interval '3 hours'
     WHERE id = :id::uuid`,
    { id },
  );

describe('a provisioning workspace', () => {
  it('that a person stopped and started again has its boot’s time like any other', async () => {
    const { id, instanceId } = await createLaunched();
    await expect.poll(() => stateOf(id)).toEqual(['running']);
    await stop(instanceId);
    await expect.poll(() => stateOf(id)).toEqual(['stopped']);
    await sweepOnce();
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: null, stopped_by: 'user' });
    await ec2.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
    await expect.poll(() => stateOf(id)).toEqual(['running']);
    await sweepOnce();
    await hoursLater(id);
    await sweepOnce();
    await hoursLater(id);
    await liveness();
    expect(await owedOf(id)).toMatchObject({ status: 'offline', op: 'launch' });
  });

  it('whose instance hangs in stopping, so that it cannot be started, is launched in the end', async () => {
    const { id } = await createLaunched();
    await giveInstanceThatStays('stopping', id);
    await transition(id, 'pause', 'paused');
    await transition(id, 'resume', 'provisioning', 'start');
    await converge(id);
    await hoursLater(id);
    await liveness();
    await comeDue(id);
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ generation: 2 });
  });
});

describe('an instance that is stopping', () => {
  const stopping = async (boot_timeout_seconds: number) => {
    const { id, instanceId } = await createLaunched({ boot_timeout_seconds });
    await giveInstanceThatStays('stopping', id);
    return { id, instanceId };
  };
  const later = (id: string, seconds: number) =>
    sql(
      `UPDATE workspaces SET status_since = status_since - make_interval(secs => :seconds::integer)
       WHERE id = :id::uuid`,
      { id, seconds },
    );

  it('is waited for as long as a stop takes, however short a boot’s time is', async () => {
    const { id } = await stopping(30);
    await transition(id, 'pause', 'paused');
    await transition(id, 'resume', 'provisioning', 'start');
    await later(id, 120);
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: 'start', generation: 1 });
  });

  it('is waited for since its start is owed, not since the status is what it is', async () => {
    const { id } = await stopping(600);
    await later(id, 3_000);
    await sql(`UPDATE workspaces SET boot_asked_at = clock_timestamp() - interval '1 minute' WHERE id = :id::uuid`, {
      id,
    });
    await sweepOnce();
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'start' });
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: 'start', generation: 1 });
  });
});

describe('an instance that EC2 has shown stopping for long', () => {
  it.each([
    ['pause', 'paused', 'stop'],
    ['restart', 'provisioning', 'reboot'],
  ] as const)('is not taken for forgotten the first time that EC2 does not name it (%s)', async (event, to, op) => {
    const { id } = await createLaunched();
    await transition(id, 'register', 'online');
    const instanceId = await giveInstanceThatStays('stopping', id);
    await transition(id, event, to, op);
    await converge(id);
    await sql(`UPDATE workspaces SET ec2_absent_since = ec2_absent_since - interval '6 minutes' WHERE id = :id::uuid`, {
      id,
    });
    await converge(id, { ec2: { inquire: async () => new Map([[instanceId, { kind: 'not_named' }]]) } });
    expect(await owedOf(id)).toMatchObject({ op, instance_id: instanceId, generation: 1 });
  });
});

describe('a superseded instance that EC2 refuses to end', () => {
  it('is told of', async () => {
    const { id } = await createLaunched();
    await transition(id, 'register', 'online');
    await transition(id, 'restart', 'provisioning', 'launch');
    await converge(id);
    const refuses: typeof launching.operator.operate = async (_, ids) =>
      new Map(ids.map((one) => [one, { kind: 'refused', awsCode: 'OperationNotPermitted' }]));
    await converge(id, { operator: { operate: refuses } });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ event: 'operation_refused' });
  });
});
