import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ec2Faults, giveInstanceThatStays, terminate } from '../../support/ec2.ts';
import { eventsOf, makeWorkspace, rowOf } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { forgetEarlierSweeps, sweepOnce, withInstance } from '../../support/sweep.ts';

beforeEach(forgetEarlierSweeps);

afterEach(async () => {
  await ec2Faults({});
});

describe('invariant 2: only proof takes a workspace offline', () => {
  it.each(['provisioning', 'online', 'degraded'] as const)('%s whose instance is gone goes offline', async (status) => {
    const made = await withInstance(status);
    await terminate(made.instanceId);
    expect(await sweepOnce()).toMatchObject({ flipped: 1 });
    expect(await rowOf(made.id)).toMatchObject({
      status: 'offline',
      ec2_op: 'launch',
      token_version: 2,
      instance_id: null,
    });
    const last = (await eventsOf(made.id)).at(-1);
    expect(last).toMatchObject({
      event: 'instance_gone',
      reason: 'instance_terminated',
      actor: 'sweep',
      owes: 'launch',
    });
    expect(JSON.parse(String(last?.['evidence']))).toMatchObject({
      ec2_state: 'terminated',
      instance_id: made.instanceId,
      asked_at: expect.any(String),
    });
    expect((await heartbeat(await made.token('runtime'), made.id)).status).toBe(401);
  });

  it('an instance that is shutting down is as good as gone, and its tokens are dead', async () => {
    const made = await makeWorkspace({ status: 'online' });
    await giveInstanceThatStays('shutting-down', made.id);
    expect(await sweepOnce()).toMatchObject({ flipped: 1 });
    expect(await rowOf(made.id)).toMatchObject({
      status: 'offline',
      status_reason: 'instance_shutting_down',
      ec2_op: 'launch',
      token_version: 2,
      instance_id: null,
    });
  });

  it.each(['pending', 'running'] as const)('an instance that is %s keeps its workspace', async (state) => {
    const made = await makeWorkspace({ status: 'online' });
    await giveInstanceThatStays(state, made.id);
    expect(await sweepOnce()).toMatchObject({ flipped: 0, verdicts: { alive: 1 } });
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });

  it('one that EC2 does not name stays (invariant 12: absent alone proves nothing)', async () => {
    const made = await makeWorkspace({ status: 'online' });
    expect(await sweepOnce()).toMatchObject({ flipped: 0, verdicts: { absent: 1 } });
    expect(await rowOf(made.id)).toMatchObject({ status: 'online', instance_id: made.instanceId });
  });

  it.each(['RequestLimitExceeded', 'UnauthorizedOperation', 'InternalError'])(
    'degraded about whose instance EC2 cannot be asked (%s) stays',
    async (code) => {
      const made = await withInstance('degraded');
      await terminate(made.instanceId);
      await ec2Faults({ errors: [{ code }] });
      expect(await sweepOnce({ timeLeftMs: () => 1_500 })).toMatchObject({ flipped: 0, verdicts: { unknown: 1 } });
      expect(await rowOf(made.id)).toMatchObject({ status: 'degraded', ec2_op: null });
    },
  );

  it('with restart_policy never owes nothing', async () => {
    const made = await withInstance('online', { restartPolicy: 'never' });
    await terminate(made.instanceId);
    await sweepOnce();
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: null });
  });
});
