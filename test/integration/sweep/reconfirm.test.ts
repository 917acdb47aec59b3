import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import { giveInstanceThatStays, stop, terminate } from '../../support/ec2.ts';
import { eventsOf, makeWorkspace, rowOf, transition } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, meanwhiles, sweepOnce, withInstance } from '../../support/sweep.ts';

beforeEach(forgetEarlierSweeps);

const MEANWHILES = [
  ...meanwhiles(['beat_unhealthy', 'degraded'], ['beat_healthy', 'online']),
  ['it was paused', (id: string) => transition(id, 'pause', 'paused')] as const,
];

describe('invariant 1: a flip re-confirms in its own WHERE what happened between the look-up and the write', () => {
  it.each(MEANWHILES)('terminated, and %s: no flip, no restart asked, no token ended', async (_, change) => {
    const made = await withInstance();
    await terminate(made.instanceId);
    expect(await sweepOnce({ meanwhile: () => change(made.id) })).toMatchObject({ flipped: 0 });
    const row = await rowOf(made.id);
    expect(row?.['status']).not.toBe('offline');
    expect(row).toMatchObject({ ec2_op: null, token_version: 1 });
    expect((await eventsOf(made.id)).map(({ event }) => event)).not.toContain('instance_gone');
  });

  it.each(MEANWHILES)('stopped, and %s: no flip, no start asked, nobody named', async (_, change) => {
    const made = await withInstance();
    await stop(made.instanceId);
    expect(await sweepOnce({ meanwhile: () => change(made.id) })).toMatchObject({ flipped: 0 });
    const row = await rowOf(made.id);
    expect(row?.['status']).not.toBe('offline');
    expect(row).toMatchObject({ ec2_op: null, stopped_by: null });
  });

  it('the row vanished: no flip, and nothing else is lost with it', async () => {
    const [gone, other] = [await withInstance(), await withInstance()];
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
    expect(await sweepOnce({ meanwhile: vanish })).toMatchObject({ flipped: 1 });
    expect(await rowOf(other.id)).toMatchObject({ status: 'offline' });
  });

  it('the database failed: the sweep fails aloud, no flip; the next one finds it', async () => {
    const made = await withInstance();
    await terminate(made.instanceId);
    const down = new StoreUnavailable('the database is down');
    const failed = await sweepOnce({ over: { flipInstances: () => Promise.reject(down) } }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ name: 'AggregateError', errors: [down] });
    expect(await rowOf(made.id)).toMatchObject({ status: 'online', ec2_op: null });
    expect(await sweepOnce()).toMatchObject({ flipped: 1 });
  });

  it('it was started moments ago: that it is stopped may be an older truth, and waits; that it is gone does not', async () => {
    const [started, gone] = [await withInstance(), await withInstance()];
    await stop(started.instanceId);
    await terminate(gone.instanceId);
    await sql(`UPDATE workspaces SET ec2_settles_at = now() + interval '10 seconds' WHERE instance_id IS NOT NULL`);
    expect(await sweepOnce()).toMatchObject({ flipped: 1 });
    expect(await rowOf(started.id)).toMatchObject({ status: 'online' });
    await sql(`UPDATE workspaces SET ec2_settles_at = now() - interval '1 second' WHERE instance_id IS NOT NULL`);
    expect(await sweepOnce()).toMatchObject({ flipped: 1 });
    expect(await rowOf(started.id)).toMatchObject({ status: 'offline' });
  });

  it('it beat: nothing less than terminated is believed over a later beat', async () => {
    const stopped = await withInstance();
    const terminated = await withInstance();
    const shuttingDown = await makeWorkspace({ status: 'online' });
    await stop(stopped.instanceId);
    await terminate(terminated.instanceId);
    await giveInstanceThatStays('shutting-down', shuttingDown.id);
    const beat = async () => {
      for (const made of [stopped, terminated, shuttingDown]) await heartbeat(await made.token('runtime'), made.id);
    };
    expect(await sweepOnce({ meanwhile: beat })).toMatchObject({ flipped: 1 });
    expect(await rowOf(stopped.id)).toMatchObject({ status: 'online' });
    expect(await rowOf(terminated.id)).toMatchObject({ status: 'offline' });
    expect(await rowOf(shuttingDown.id)).toMatchObject({ status: 'online', token_version: 1 });
  });
});
