import { beforeEach, describe, expect, it } from 'vitest';
import { stop, stopFor } from '../../support/ec2.ts';
import { eventsOf, rowOf } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, meanwhiles, sweepOnce, withInstance } from '../../support/sweep.ts';

/** EC2's own words for stops that nobody asked it for; what a box does to itself is not a person's will either. */
const NOT_A_PERSON = ['Server.ScheduledStop', 'Client.InstanceInitiatedShutdown'] as const;
const NEVER = { restartPolicy: 'never' } as const;

beforeEach(forgetEarlierSweeps);

describe('a stopped instance takes a live workspace offline', () => {
  describe.each(['online', 'degraded'] as const)('that was %s', (status) => {
    it('and owes nothing when a person stopped it', async () => {
      const made = await withInstance(status);
      await stop(made.instanceId);
      expect(await sweepOnce()).toMatchObject({ flipped: 1 });
      expect(await rowOf(made.id)).toMatchObject({
        status: 'offline',
        ec2_op: null,
        stopped_by: 'user',
        instance_id: made.instanceId,
        token_version: 1,
      });
    });

    it.each(NOT_A_PERSON)('and owes a start when nobody did (%s)', async (code) => {
      const made = await withInstance(status);
      await stopFor(code, made.instanceId);
      expect(await sweepOnce()).toMatchObject({ flipped: 1 });
      expect(await rowOf(made.id)).toMatchObject({
        status: 'offline',
        ec2_op: 'start',
        stopped_by: null,
        instance_id: made.instanceId,
        token_version: 1,
      });
      const last = (await eventsOf(made.id)).at(-1);
      expect(last).toMatchObject({ event: 'instance_stopped', actor: 'sweep', owes: 'start' });
      expect(JSON.parse(String(last?.['evidence']))).toMatchObject({ ec2_reason: code });
    });

    it('and owes nothing where the policy is never', async () => {
      const made = await withInstance(status, NEVER);
      await stopFor('Server.ScheduledStop', made.instanceId);
      expect(await sweepOnce()).toMatchObject({ flipped: 1 });
      expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: null, stopped_by: null });
    });
  });

  it.each(['offline', 'paused', 'hibernated', 'failed', 'removed'] as const)(
    'and means nothing to one that is %s',
    async (status) => {
      const made = await withInstance(status);
      await stop(made.instanceId);
      const before = [await rowOf(made.id), await eventsOf(made.id)];
      expect(await sweepOnce()).toMatchObject({ flipped: 0, owing_start: 0, cleared: 0, verdicts: { stopped: 1 } });
      expect([await rowOf(made.id), await eventsOf(made.id)]).toEqual(before);
    },
  );
});

describe('a provisioning workspace whose instance is stopped stays provisioning', () => {
  it.each(
    NOT_A_PERSON.flatMap((code) => [
      [code, 0, 0, 1],
      [code, 1, 24, 36],
      [code, 2, 48, 72],
    ]),
  )(
    'and owes a start when nobody stopped it (%s), after %i attempts in %i to %i s',
    async (code, attempts, from, to) => {
      const made = await withInstance('provisioning');
      await sql('UPDATE workspaces SET ec2_attempts = :attempts::integer WHERE id = :id::uuid', {
        id: made.id,
        attempts,
      });
      await stopFor(code, made.instanceId);
      expect(await sweepOnce()).toMatchObject({ flipped: 0, owing_start: 1 });
      const [owed] = await sql(
        `SELECT ec2_op_asked_at IS NULL AS open,
         ec2_next_at BETWEEN updated_at + make_interval(secs => :from::integer - 1)
           AND updated_at + make_interval(secs => :to::integer) AS due
       FROM workspaces WHERE id = :id::uuid`,
        { id: made.id, from, to },
      );
      expect({ ...(await rowOf(made.id)), ...owed }).toMatchObject({
        ...{ status: 'provisioning', ec2_op: 'start', stopped_by: null },
        ...{ open: true, due: true },
      });
    },
  );

  it('and owes nothing when a person stopped it, which is noted', async () => {
    const made = await withInstance('provisioning');
    await stop(made.instanceId);
    expect(await sweepOnce()).toMatchObject({ flipped: 0 });
    const [next] = await sql('SELECT ec2_next_at IS NULL AS idle FROM workspaces WHERE id = :id::uuid', {
      id: made.id,
    });
    expect({ ...(await rowOf(made.id)), ...next }).toMatchObject({
      status: 'provisioning',
      ec2_op: null,
      stopped_by: 'user',
      instance_id: made.instanceId,
      idle: true,
    });
  });

  it('notes a stop by a person once, and counts no start for it', async () => {
    const made = await withInstance('provisioning');
    await stop(made.instanceId);
    const written = () => sql('SELECT updated_at::text FROM workspaces WHERE id = :id::uuid', { id: made.id });
    expect(await sweepOnce()).toMatchObject({ owing_start: 0 });
    const first = await written();
    await sweepOnce();
    expect(await written()).toEqual(first);
  });

  it('and owes nothing where the policy is never', async () => {
    const made = await withInstance('provisioning', NEVER);
    await stopFor('Server.ScheduledStop', made.instanceId);
    expect(await sweepOnce()).toMatchObject({ owing_start: 0 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'provisioning', ec2_op: null });
  });

  it.each([
    ...meanwhiles(['register', 'online'], ['restart', 'provisioning']),
    [
      'a beat came that moved nothing',
      (id: string) =>
        sql('UPDATE heartbeats SET last_heartbeat_at = clock_timestamp() WHERE workspace_id = :id::uuid', { id }),
    ] as const,
  ])('and owes nothing when meanwhile %s', async (_, change) => {
    const [scheduled, byPerson] = [await withInstance('provisioning'), await withInstance('provisioning')];
    await stopFor('Server.ScheduledStop', scheduled.instanceId);
    await stop(byPerson.instanceId);
    const changeBoth = async () => {
      await change(scheduled.id);
      await change(byPerson.id);
    };
    expect(await sweepOnce({ meanwhile: changeBoth })).toMatchObject({ owing_start: 0, verdicts: { stopped: 2 } });
    for (const { id } of [scheduled, byPerson])
      expect(await rowOf(id)).toMatchObject({ ec2_op: null, stopped_by: null });
  });

  it('and keeps what came to be owed meanwhile', async () => {
    const made = await withInstance('provisioning');
    await stopFor('Server.ScheduledStop', made.instanceId);
    const owe = () => sql(`UPDATE workspaces SET ec2_op = 'launch' WHERE id = :id::uuid`, { id: made.id });
    expect(await sweepOnce({ meanwhile: owe })).toMatchObject({ owing_start: 0 });
    expect(await rowOf(made.id)).toMatchObject({ ec2_op: 'launch' });
  });
});
