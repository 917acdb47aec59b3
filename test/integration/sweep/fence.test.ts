import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { clearDeadInstances } from '../../../lib/adapters/rds-data/statements/clear-dead-instances.ts';
import { flipInstances } from '../../../lib/adapters/rds-data/statements/flip-instances.ts';
import { oweStart } from '../../../lib/adapters/rds-data/statements/owe-start.ts';
import type { FlipInput } from '../../../lib/domain/confirm.ts';
import { database } from '../../support/database.ts';
import { terminate } from '../../support/ec2.ts';
import { useConnections } from '../../support/locks.ts';
import { makeWorkspace, rowOf, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, sweepOnce, withInstance } from '../../support/sweep.ts';

const { behind } = useConnections();

beforeEach(forgetEarlierSweeps);

const claim = (owner: string) => store.claimSweep({ owner, holdSeconds: 55 });

describe('one sweep at a time', () => {
  it('a second one stands back while the first holds the fence', async () => {
    await withInstance();
    let second: unknown;
    const meanwhile = async () => {
      await sql(`UPDATE sweep_state SET fence_until = fence_until - interval '45 seconds'`);
      second = await sweepOnce();
    };
    expect(await sweepOnce({ meanwhile })).toMatchObject({ swept: true });
    expect(second).toMatchObject({ swept: false });
    expect(await sweepOnce()).toMatchObject({ swept: true });
  });

  it('a crashed one loses its fence when its time is over, and can no longer write', async () => {
    const made = await withInstance();
    await terminate(made.instanceId);
    const crash = async () => {
      await sql(`UPDATE sweep_state SET fence_until = now() - interval '1 second'`);
      expect(await claim(randomUUID())).toBeDefined();
    };
    expect(await sweepOnce({ meanwhile: crash })).toMatchObject({ flipped: 0 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });

  it('one that lost its fence neither moves the cursor of its successor nor gives its fence back', async () => {
    const old = await claim(randomUUID());
    await sql(`UPDATE sweep_state SET fence_until = now() - interval '1 second'`);
    const successor = await claim(randomUUID());
    if (old === undefined || successor === undefined) throw new Error('no fence was had');
    expect(successor.fence).toBeGreaterThan(old.fence);
    await store.advanceSweep({ fence: successor.fence, cursor: null });
    await store.advanceSweep({ fence: old.fence, cursor: randomUUID() });
    await store.finishSweep({ fence: old.fence, backlog: 0, held: 0 });
    const [state] = await sql('SELECT cursor::text, fence_until > now() AS held FROM sweep_state');
    expect(state).toEqual({ cursor: null, held: true });
  });

  it('a claim whose answer was lost is sent again, and is the same fence', async () => {
    const owner = randomUUID();
    const first = await claim(owner);
    expect(first).toBeDefined();
    expect(await claim(owner)).toEqual(first);
    expect(await claim(randomUUID())).toBeUndefined();
  });

  it.each([
    ['a flip', 'online', (input: FlipInput, id: string) => database.run(flipInstances, input, id)],
    ['a clear', 'offline', (input: FlipInput, id: string) => database.run(clearDeadInstances, input, id)],
    ['an owed start', 'provisioning', (input: FlipInput, id: string) => database.run(oweStart, input, id)],
  ] as const)('%s holds the fence until it commits: the next sweep waits for it', async (_, status, write) => {
    const made = await makeWorkspace({ status });
    const held = await claim(randomUUID());
    await sql(`UPDATE sweep_state SET fence_until = now() - interval '1 second'`);
    const kind = {
      event: 'instance_gone',
      reason: 't',
      evidence: {},
      terminated: true,
      stopped_by_user: false,
    } as const;
    const rows = [
      { workspace_id: made.id, instance_id: made.instanceId, generation: 1, asked_at: '2099-01-01', ...kind },
    ];
    const input = { rows, fence: held?.fence ?? 0, actor: 'test', requestId: 'r' };
    const next = await behind(
      async (id) => expect(await write(input, id)).toHaveLength(1),
      () => claim(randomUUID()),
    );
    expect(next).toBeDefined();
  });
});
