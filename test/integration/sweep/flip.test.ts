import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSweep } from '../../../functions/sweep/sweep.ts';
import { createConfirm, type InstanceInquirer } from '../../../lib/domain/confirm.ts';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import type { Status } from '../../../lib/domain/status.ts';
import { ec2Faults, giveInstance, inquirer, stop, terminate } from '../../support/ec2.ts';
import { eventsOf, makeWorkspace, newInstanceId, rowOf, store, transition } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

type Meanwhile = () => Promise<unknown>;

/** The real sweep over the real EC2 server; `meanwhile` happens after EC2 has answered and before anything is written. */
const sweepOnce = (meanwhile: Meanwhile = async () => undefined, sweepStore = store) => {
  const ec2: InstanceInquirer = {
    async inquire(ids) {
      const answers = await inquirer.inquire(ids);
      await meanwhile();
      return answers;
    },
  };
  const sweep = createSweep({ store: sweepStore, confirm: createConfirm({ store: sweepStore, ec2 }) });
  return sweep({ requestId: randomUUID(), timeLeftMs: () => 30_000 });
};

const online = async (status: Status = 'online') => {
  const made = await makeWorkspace({ status });
  const instanceId = await giveInstance(made.id);
  return { ...made, instanceId };
};

/** Earlier tests' workspaces must not be counted by this one's sweep. */
beforeEach(async () => {
  await sql('UPDATE workspaces SET instance_id = NULL WHERE instance_id IS NOT NULL');
});

afterEach(async () => {
  await ec2Faults({});
});

describe('invariant 2: only proof takes a workspace offline', () => {
  it.each(['provisioning', 'online', 'degraded'] as const)('%s whose instance is gone goes offline', async (status) => {
    const made = await online(status);
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

  it.each(['online', 'degraded'] as const)(
    '%s whose instance is stopped goes offline, a person having stopped it owes nothing',
    async (status) => {
      const made = await online(status);
      await stop(made.instanceId);
      expect(await sweepOnce()).toMatchObject({ flipped: 1 });
      expect(await rowOf(made.id)).toMatchObject({
        status: 'offline',
        ec2_op: null,
        stopped_by: 'user',
        instance_id: made.instanceId,
        token_version: 1,
      });
    },
  );

  it('provisioning whose instance is stopped stays, and owes a start', async () => {
    const made = await online('provisioning');
    await stop(made.instanceId);
    expect(await sweepOnce()).toMatchObject({ flipped: 0, owing_start: 1 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'provisioning', ec2_op: 'start' });
  });

  it.each(['offline', 'paused', 'hibernated', 'failed', 'removed'] as const)(
    '%s with a dead id loses the id, not its status',
    async (status) => {
      const made = await online(status);
      await terminate(made.instanceId);
      expect(await sweepOnce()).toMatchObject({ flipped: 0, cleared: 1 });
      expect(await rowOf(made.id)).toMatchObject({ status, instance_id: null });
      expect((await eventsOf(made.id)).at(-1)).toMatchObject({ event: 'instance_cleared' });
    },
  );

  it('an alive instance stays, and so does one that EC2 does not name (invariant 12: absent alone proves nothing)', async () => {
    const alive = await online();
    const absent = await makeWorkspace({ status: 'online' });
    await sql('UPDATE workspaces SET instance_id = :i::text WHERE id = :id::uuid', {
      id: absent.id,
      i: newInstanceId(),
    });
    expect(await sweepOnce()).toMatchObject({ flipped: 0, verdicts: { alive: 1, absent: 1 } });
    expect(await rowOf(alive.id)).toMatchObject({ status: 'online' });
    expect(await rowOf(absent.id)).toMatchObject({ status: 'online' });
  });

  it.each(['RequestLimitExceeded', 'UnauthorizedOperation', 'InternalError'])(
    'degraded about whose instance EC2 cannot be asked (%s) stays',
    async (code) => {
      const made = await online('degraded');
      await terminate(made.instanceId);
      await ec2Faults({ errors: [{ code }] });
      expect(await sweepOnce()).toMatchObject({ flipped: 0, verdicts: { unknown: 1 } });
      expect(await rowOf(made.id)).toMatchObject({ status: 'degraded', ec2_op: null });
    },
    20_000,
  );

  it('with restart_policy never owes nothing', async () => {
    const made = await makeWorkspace({ status: 'online', restartPolicy: 'never' });
    await terminate(await giveInstance(made.id));
    await sweepOnce();
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: null });
  });
});

describe('invariant 1: a flip re-confirms in its own WHERE what happened between the look-up and the write', () => {
  it.each<[string, (id: string) => Promise<unknown>]>([
    [
      'the instance changed',
      (id) => sql('UPDATE workspaces SET instance_id = :i::text WHERE id = :id::uuid', { id, i: newInstanceId() }),
    ],
    ['the instance was cleared', (id) => sql('UPDATE workspaces SET instance_id = NULL WHERE id = :id::uuid', { id })],
    ['the status moved', (id) => transition(id, 'pause', 'paused')],
    [
      'the status moved and came back',
      async (id) => {
        await transition(id, 'beat_unhealthy', 'degraded');
        await transition(id, 'beat_healthy', 'online');
      },
    ],
    ['the generation was raised', (id) => sql('UPDATE workspaces SET generation = 2 WHERE id = :id::uuid', { id })],
  ])('%s: no flip, no restart asked', async (_, change) => {
    const made = await online();
    await terminate(made.instanceId);
    expect(await sweepOnce(() => change(made.id))).toMatchObject({ flipped: 0 });
    const row = await rowOf(made.id);
    expect(row?.['status']).not.toBe('offline');
    expect(row?.['ec2_op']).toBeNull();
    expect(row?.['token_version']).toBe(1);
  });

  it('the row vanished: no flip, and nothing else is lost with it', async () => {
    const [gone, other] = [await online(), await online()];
    await terminate(gone.instanceId);
    await terminate(other.instanceId);
    const vanish = async () => {
      await sql('ALTER TABLE heartbeats DISABLE TRIGGER refuse_loss');
      await sql('DELETE FROM heartbeats WHERE workspace_id = :id::uuid', { id: gone.id });
      await sql('ALTER TABLE heartbeats ENABLE ALWAYS TRIGGER refuse_loss');
      await sql('ALTER TABLE workspaces DISABLE TRIGGER refuse_loss');
      await sql('DELETE FROM workspaces WHERE id = :id::uuid', { id: gone.id });
      await sql('ALTER TABLE workspaces ENABLE ALWAYS TRIGGER refuse_loss');
    };
    expect(await sweepOnce(vanish)).toMatchObject({ flipped: 1 });
    expect(await rowOf(other.id)).toMatchObject({ status: 'offline' });
  });

  it('the database failed: the sweep fails aloud, no flip; the next one finds it', async () => {
    const made = await online();
    await terminate(made.instanceId);
    const failing = {
      ...store,
      flipInstances: () => Promise.reject(new StoreUnavailable('the database is down')),
    };
    await expect(sweepOnce(undefined, failing)).rejects.toThrow(StoreUnavailable);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online', ec2_op: null });
    await sql(`UPDATE sweep_state SET fence_until = '-infinity'`);
    expect(await sweepOnce()).toMatchObject({ flipped: 1 });
  });

  it('it beat: a stopped instance is not believed over a later beat, a terminated one is', async () => {
    const [stopped, terminated] = [await online(), await online()];
    await stop(stopped.instanceId);
    await terminate(terminated.instanceId);
    const beat = async () => {
      await heartbeat(await stopped.token('runtime'), stopped.id);
      await heartbeat(await terminated.token('runtime'), terminated.id);
    };
    expect(await sweepOnce(beat)).toMatchObject({ flipped: 1 });
    expect(await rowOf(stopped.id)).toMatchObject({ status: 'online' });
    expect(await rowOf(terminated.id)).toMatchObject({ status: 'offline' });
  });
});

describe('one sweep at a time', () => {
  it('a second one stands back while the first holds the fence', async () => {
    await online();
    let second: unknown;
    await sweepOnce(async () => {
      second = await sweepOnce();
    });
    expect(second).toMatchObject({ swept: false });
  });

  it('one that lost its fence can no longer write', async () => {
    const made = await online();
    await terminate(made.instanceId);
    const loseFence = () => sql('UPDATE sweep_state SET fence = fence + 1');
    expect(await sweepOnce(loseFence)).toMatchObject({ flipped: 0 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
    await sql(`UPDATE sweep_state SET fence_until = '-infinity'`);
  });

  it('begins where the last one ended, and comes round to the rest', async () => {
    const made = await online();
    await terminate(made.instanceId);
    await sql('UPDATE sweep_state SET cursor = :id::uuid', { id: made.id });
    expect(await sweepOnce()).toMatchObject({ complete: true, flipped: 1 });
    expect(await sql('SELECT cursor FROM sweep_state')).toEqual([{ cursor: null }]);
  });
});
