import { beforeEach, describe, expect, it } from 'vitest';
import type { Counter } from '../../../lib/domain/metrics.ts';
import { terminate } from '../../support/ec2.ts';
import { type Made, rowOf } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, sweepOnce, withInstance } from '../../support/sweep.ts';
import { makeAbsent, NEARLY } from './absent.ts';

beforeEach(forgetEarlierSweeps);

type Kind = Parameters<typeof makeAbsent>[0];

async function some(count: number, zone: string, kind: Kind = {}): Promise<Made[]> {
  const made = await Promise.all(Array.from({ length: count }, () => makeAbsent(kind)));
  for (const { id } of made) {
    await sql('UPDATE workspaces SET availability_zone = :zone::text WHERE id = :id::uuid', { id, zone });
  }
  return made;
}

const BEATING = { silent: null } as const;

const offline = async (made: readonly Made[]) => {
  const rows = await Promise.all(made.map(({ id }) => rowOf(id)));
  return rows.filter((row) => row?.['status'] === 'offline').length;
};

/** What a run has counted into its metrics. */
const counting = () => {
  const counted: Partial<Record<Counter, number>> = {};
  return {
    counted,
    count: (counter: Counter, value = 1) => {
      counted[counter] = (counted[counter] ?? 0) + value;
    },
  };
};

describe('the brake', () => {
  it('lets as many of a zone go absent in a sweep as it allows, and the others in the sweeps after it', async () => {
    await some(20, 'us-east-1a', BEATING);
    const absent = await some(5, 'us-east-1a');
    const { counted, count } = counting();
    expect(await sweepOnce({ count })).toMatchObject({ flipped: 2, held: 3 });
    expect(counted).toMatchObject({ SweepsCompleted: 1 });
    expect(await sql('SELECT held, backlog FROM sweep_state')).toEqual([{ held: 3, backlog: 0 }]);
    expect(await sweepOnce()).toMatchObject({ flipped: 2, held: 1 });
    expect(await sweepOnce()).toMatchObject({ flipped: 1, held: 0 });
    expect(await sql('SELECT held FROM sweep_state')).toEqual([{ held: 0 }]);
    expect(await offline(absent)).toBe(5);
  });

  it('lets the longest absent go first', async () => {
    await some(1, 'us-east-1a', BEATING);
    const later = await some(2, 'us-east-1a', { missed: NEARLY });
    const first = await some(2, 'us-east-1a', { missed: { ...NEARLY, seconds: 900 } });
    expect(await sweepOnce()).toMatchObject({ flipped: 2, held: 2 });
    expect([await offline(first), await offline(later)]).toEqual([2, 0]);
  });

  it('counts the fleet as well: a little of every zone is much of all', async () => {
    const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
    for (const zone of zones) await some(8, zone, BEATING);
    const absent = (await Promise.all(zones.map((zone) => some(2, zone)))).flat();
    expect(await sweepOnce()).toMatchObject({ flipped: 3, held: 3 });
    expect(await offline(absent)).toBe(3);
  });

  it('goes by what could be lost: what rests does not make a fleet larger', async () => {
    for (const status of ['paused', 'hibernated'] as const) {
      await Promise.all(Array.from({ length: 20 }, () => makeAbsent({}, { status })));
    }
    await some(3, 'us-east-1a');
    expect(await sweepOnce()).toMatchObject({ flipped: 2, held: 1 });
  });

  it('never holds what EC2 itself calls gone', async () => {
    const gone = await Promise.all(Array.from({ length: 6 }, () => withInstance()));
    await some(4, 'us-east-1a');
    for (const { instanceId } of gone) await terminate(instanceId);
    expect(await sweepOnce()).toMatchObject({ flipped: 8, held: 2 });
    expect(await offline(gone)).toBe(6);
  });

  it('is as wide as it is configured', async () => {
    await some(4, 'us-east-1a');
    expect(await sweepOnce({ brake: { floor: 0, share: 0.25 } })).toMatchObject({ flipped: 1, held: 3 });
    expect(await sweepOnce({ brake: { floor: 0, share: 1 } })).toMatchObject({ flipped: 3, held: 0 });
  });
});
