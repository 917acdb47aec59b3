import { beforeEach, describe, expect, it } from 'vitest';
import { giveInstanceThatStays, terminate } from '../../support/ec2.ts';
import { eventsOf, makeWorkspace, rowOf, transition } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, meanwhiles, sweepOnce, withInstance } from '../../support/sweep.ts';

const CLEARED = ['offline', 'paused', 'hibernated', 'failed', 'removed'] as const;

beforeEach(forgetEarlierSweeps);

describe('a terminated instance under a status that it does not change', () => {
  it.each(CLEARED)('%s: its id is cleared with an event, the status stays', async (status) => {
    const made = await withInstance(status);
    await terminate(made.instanceId);
    expect(await sweepOnce()).toMatchObject({ flipped: 0, cleared: 1 });
    expect(await rowOf(made.id)).toMatchObject({ status, instance_id: null });
    const last = (await eventsOf(made.id)).at(-1);
    expect(last).toMatchObject({ event: 'instance_cleared', reason: 'instance_terminated', actor: 'sweep' });
    expect(JSON.parse(String(last?.['evidence']))).toMatchObject({
      ec2_state: 'terminated',
      asked_at: expect.any(String),
    });
    expect(await sweepOnce()).toMatchObject({ cleared: 0 });
  });

  it.each([
    ['offline', 401],
    ['paused', 401],
    ['hibernated', 401],
    ['failed', 401],
    ['removed', 410],
  ] as const)('%s: a late beat with the token of before is %i, and writes nothing', async (status, expected) => {
    const made = await withInstance(status);
    await terminate(made.instanceId);
    await sweepOnce();
    const before = await rowOf(made.id);
    expect((await heartbeat(await made.token('runtime'), made.id)).status).toBe(expected);
    expect(await rowOf(made.id)).toEqual(before);
  });

  it.each([
    ['offline', 'on_instance_loss', 'launch'],
    ['offline', 'on_silence', 'launch'],
    ['offline', 'never', null],
    ['paused', 'on_instance_loss', null],
    ['hibernated', 'on_instance_loss', null],
    ['failed', 'on_instance_loss', null],
    ['removed', 'on_instance_loss', null],
  ] as const)('%s with policy %s owes %s afterwards', async (status, restartPolicy, owed) => {
    const made = await withInstance(status, { restartPolicy });
    await terminate(made.instanceId);
    expect(await sweepOnce()).toMatchObject({ cleared: 1 });
    const [row] = await sql(
      `SELECT ec2_op::text, ec2_next_at <= clock_timestamp() AS due FROM workspaces WHERE id = :id::uuid`,
      { id: made.id },
    );
    expect(row).toEqual({ ec2_op: owed, due: owed === null ? null : true });
  });

  it('offline: a launch that is owed already keeps its backoff', async () => {
    const made = await makeWorkspace();
    await transition(made.id, 'instance_gone', 'offline', 'launch');
    const later = `UPDATE workspaces SET ec2_next_at = '2099-01-01' WHERE id = :id::uuid`;
    await sql(later, { id: made.id });
    await giveInstanceThatStays('terminated', made.id);
    expect(await sweepOnce()).toMatchObject({ cleared: 1 });
    const [row] = await sql('SELECT ec2_op::text, ec2_next_at::text AS next FROM workspaces WHERE id = :id::uuid', {
      id: made.id,
    });
    expect(row).toEqual({ ec2_op: 'launch', next: '2099-01-01 00:00:00+00' });
  });

  it.each(CLEARED)('%s: is not cleared while it is only shutting down', async (status) => {
    const made = await makeWorkspace({ status });
    await giveInstanceThatStays('shutting-down', made.id);
    const before = [await rowOf(made.id), await eventsOf(made.id)];
    expect(await sweepOnce()).toMatchObject({ flipped: 0, cleared: 0, verdicts: { gone: 1 } });
    expect([await rowOf(made.id), await eventsOf(made.id)]).toEqual(before);
  });
});

describe('a clear re-confirms in its own WHERE what happened between the look-up and the write', () => {
  it.each(meanwhiles(['register', 'online'], ['instance_gone', 'offline']))(
    '%s: nothing is cleared, owed or ended',
    async (_, change) => {
      const made = await withInstance('offline');
      const before = await rowOf(made.id);
      await terminate(made.instanceId);
      expect(await sweepOnce({ meanwhile: () => change(made.id) })).toMatchObject({
        cleared: 0,
        verdicts: { gone: 1 },
      });
      expect(await rowOf(made.id)).toMatchObject({ ec2_op: null, token_version: before?.['token_version'] });
      expect((await eventsOf(made.id)).map(({ event }) => event)).not.toContain('instance_cleared');
    },
  );
});
