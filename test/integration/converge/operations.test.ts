import { describe, expect, it } from 'vitest';
import { comeDue, converge, convergeWith, launching, owedOf, QUICK } from '../../support/converge.ts';
import { ec2Faults, stop, terminate } from '../../support/ec2.ts';
import { eventsOf, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { sweepOnce } from '../../support/sweep.ts';
import { online, stateOf } from './online.ts';

describe('a stop that is owed', () => {
  it('is asked for until EC2 shows it, and is known as ours from before it is asked', async () => {
    const { id } = await online();
    await transition(id, 'pause', 'paused', 'stop');
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: 'stop', asked: true, stopped_by: 'muster' });
    await expect.poll(() => stateOf(id)).toEqual(['stopped']);
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'paused', op: null, leased: null });
    expect((await eventsOf(id)).slice(-3).map(({ event }) => event)).toEqual([
      'pause',
      'operation_asked',
      'operation_done',
    ]);
  });

  it('ends an instance that cannot be stopped, so that a resume has nothing left to start', async () => {
    const { id } = await online();
    await sql('UPDATE workspaces SET stoppable = false WHERE id = :id::uuid', { id });
    await transition(id, 'pause', 'paused', 'stop');
    await converge(id);
    await expect.poll(() => stateOf(id)).toEqual(['terminated']);
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'paused', op: null, instance_id: null });

    await transition(id, 'resume', 'provisioning', 'launch');
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: null, generation: 2 });
  });

  it('that a resume overtakes while EC2 is asked is followed by a start', async () => {
    const { id } = await online();
    await transition(id, 'pause', 'paused', 'stop');
    let again = 0;
    const resumedMeanwhile: typeof launching.operator.operate = async (...call) => {
      const answers = await launching.operator.operate(...call);
      await transition(id, 'resume', 'provisioning', 'start');
      return answers;
    };
    await converge(id, {
      operator: { operate: resumedMeanwhile },
      requester: {
        request: async () => {
          again += 1;
        },
      },
    });
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'start', asked: false, leased: null });
    expect(again).toBe(1);
    await expect.poll(() => stateOf(id)).toEqual(['stopped']);
    await converge(id);
    await expect.poll(() => stateOf(id)).toEqual(['running']);
  });
});

describe('a start that is owed', () => {
  it('starts the instance, counts as a boot, and is done when EC2 shows it', async () => {
    const { id, instanceId } = await online();
    await stop(instanceId);
    await expect.poll(() => stateOf(id)).toEqual(['stopped']);
    await transition(id, 'instance_stopped', 'offline', 'start');
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'start', asked: true, attempts: 2 });
    expect(await owedOf(id)).toMatchObject({ bootstrap_open: true, booting: true, stopped_by: null });
    await expect.poll(() => stateOf(id)).toEqual(['running']);
    await converge(id);
    expect(await owedOf(id)).toMatchObject({
      status: 'provisioning',
      op: null,
      instance_id: instanceId,
      generation: 1,
    });
    expect((await eventsOf(id)).map(({ event }) => event)).toContain('started');
  });

  it('is done where somebody else has started it: the workspace boots', async () => {
    const { id } = await online();
    await transition(id, 'instance_stopped', 'offline', 'start');
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: null, booting: true, attempts: 1 });
  });

  it('launches where nothing is left to start', async () => {
    const { id, instanceId } = await online();
    await transition(id, 'pause', 'paused');
    await terminate(instanceId);
    await expect.poll(() => stateOf(id)).toEqual(['terminated']);
    await transition(id, 'resume', 'provisioning', 'start');
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: null, generation: 2, previous_instance_id: instanceId });
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ previous_instance_id: null });
  });

  it('is asked for once a backoff when EC2 refuses, and the process that boots later counts', async () => {
    const { id, instanceId } = await online();
    await stop(instanceId);
    await expect.poll(() => stateOf(id)).toEqual(['stopped']);
    await transition(id, 'instance_stopped', 'offline', 'start');
    await ec2Faults({ errors: [{ action: 'StartInstances', code: 'InsufficientInstanceCapacity' }] });
    await converge(id);
    await ec2Faults({});
    const owed = await owedOf(id);
    expect(owed).toMatchObject({ status: 'offline', op: 'start', asked: false, attempts: 2 });
    expect(owed?.['due_in']).toBeGreaterThan(20);
    const evidence = (await eventsOf(id)).at(-1)?.['evidence'];
    expect(evidence).toContain('InsufficientInstanceCapacity');
  });
});

describe('a converge', () => {
  it('takes on nothing before its time, and everything that is due without an id', async () => {
    const { id } = await online();
    await transition(id, 'pause', 'paused', 'stop');
    await sql(`UPDATE workspaces SET ec2_next_at = now() + interval '1 minute' WHERE id = :id::uuid`, { id });
    const run = { workspaceId: null, requestId: 'r', timeLeftMs: () => 50_000 };
    await convergeWith()({ ...run, workspaceId: id });
    expect(await owedOf(id)).toMatchObject({ op: 'stop', asked: false });
    await sql(`UPDATE workspaces SET ec2_next_at = now() WHERE id = :id::uuid`, { id });
    await convergeWith()(run);
    expect(await owedOf(id)).toMatchObject({ op: 'stop', asked: true });
  });

  it('for one workspace waits for what comes due when EC2’s answers have settled, and no longer', async () => {
    const { id } = await online();
    const dueIn = (seconds: number) =>
      sql(
        `UPDATE workspaces SET ec2_next_at = clock_timestamp() + make_interval(secs => :seconds::double precision)
         WHERE id = :id::uuid`,
        { id, seconds },
      );
    await transition(id, 'pause', 'paused', 'stop');
    const run = { workspaceId: id, requestId: 'r', timeLeftMs: () => 50_000 };
    const pauses: number[] = [];
    const pause = async (ms: number) => {
      pauses.push(ms);
      await comeDue(id);
    };
    const policy = { ...QUICK, settleSeconds: 10 };
    await dueIn(12);
    await convergeWith({ pause, policy })(run);
    expect(pauses).toEqual([]);
    await dueIn(9);
    await convergeWith({ pause, policy })(run);
    expect(pauses).toEqual([expect.closeTo(9_000, -3)]);
    expect(await owedOf(id)).toMatchObject({ op: 'stop', asked: true });
  });

  it('leaves alone what EC2 could not be asked about', async () => {
    const { id } = await online();
    await transition(id, 'remove', 'removed', 'terminate');
    await ec2Faults({ errors: [{ action: 'DescribeInstances', code: 'AuthFailure', status: 401 }] });
    await converge(id);
    await ec2Faults({});
    expect(await owedOf(id)).toMatchObject({ op: 'terminate', asked: false });
    expect(await stateOf(id)).toEqual(['running']);
  });

  it('holds a stop by a person instead of fighting it, and shows it', async () => {
    const { id, instanceId } = await online();
    await stop(instanceId);
    await expect.poll(() => stateOf(id)).toEqual(['stopped']);
    await sweepOnce();
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'offline', op: null, stopped_by: 'user' });
    expect(await stateOf(id)).toEqual(['stopped']);
    expect(await store.readWorkspace({ id })).toMatchObject({ status: 'offline' });
  });

  it('does not take our own stop for a person’s', async () => {
    const { id } = await online();
    await transition(id, 'pause', 'paused', 'stop');
    await converge(id);
    await expect.poll(() => stateOf(id)).toEqual(['stopped']);
    await transition(id, 'resume', 'provisioning');
    await sql(`UPDATE workspaces SET status_since = status_since - interval '1 second' WHERE id = :id::uuid`, { id });
    await sweepOnce();
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'start', stopped_by: 'muster' });
  });
});
