import { beforeEach, describe, expect, it } from 'vitest';
import type { Measure } from '../../../lib/domain/metrics.ts';
import { DEFAULT_GRACE } from '../../../lib/domain/silence.ts';
import { useConnections } from '../../support/locks.ts';
import { type Made, rowOf, store } from '../../support/registry.ts';
import { NOTHING_HELD } from '../../support/silence.ts';
import { sql } from '../../support/sql.ts';
import { BATCH, livenessWith } from './aged.ts';
import { manyOf, removeEarlier, silentWorkspace } from './silent.ts';

const { other, untilBlocked } = useConnections();

/** Half of a zone, and of the fleet, may be silent together; two always. */
const brake = { floor: 2, share: 0.5 };

/** Nothing is taken for our own outage: it is the brake that holds. */
const grace = { ...DEFAULT_GRACE, outageShare: 1 };

const statusesOf = async (made: readonly Made[]) =>
  Promise.all(made.map(async ({ id }) => (await rowOf(id))?.['status']));

const braked = async () => {
  const told: Parameters<Measure>[0][] = [];
  const summary = await livenessWith({
    brake,
    grace,
    measure: (values) => void told.push(values),
  });
  return { summary, told };
};

beforeEach(removeEarlier);

describe('a mass of silence', () => {
  it.each([['a'], [null]])('in zone %o changes nothing there but what is counted; other zones go on', async (zone) => {
    const mass = await manyOf(3, { zone });
    await manyOf(1, { zone, silentFor: 0 });
    const lone = await silentWorkspace({ zone: 'b' });
    await manyOf(5, { zone: 'b', silentFor: 0 });
    const { summary, told } = await braked();
    expect(summary).toMatchObject({ held: 3, held_zones: [zone], degraded: 1, is_outage: false });
    expect(told).toMatchObject([{ LeasesHeld: 3 }]);
    expect(await statusesOf(mass)).toEqual(['online', 'online', 'online']);
    expect(await rowOf(lone.id)).toMatchObject({ status: 'degraded' });
  });

  it('in the fleet changes nothing in any zone', async () => {
    const mass = [...(await manyOf(2)), ...(await manyOf(2, { zone: 'b' })), ...(await manyOf(2, { zone: null }))];
    await manyOf(5, { silentFor: 0 });
    const { summary, told } = await braked();
    expect(summary).toMatchObject({ held: 6, held_zones: 'fleet', degraded: 0 });
    expect(told).toMatchObject([{ LeasesHeld: 6 }]);
    expect(new Set(await statusesOf(mass))).toEqual(new Set(['online']));
  });

  it('counts those that are degraded for it already, and holds them too', async () => {
    const degraded = await manyOf(2, { status: 'degraded', silentFor: 1000 });
    await manyOf(1);
    await manyOf(1, { silentFor: 0 });
    expect((await braked()).summary).toMatchObject({ held: 3, degraded: 0, offline: 0 });
    expect(await statusesOf(degraded)).toEqual(['degraded', 'degraded']);
  });

  it.each(['offline', 'paused', 'provisioning', 'failed'] as const)('is not made of what is %s', async (status) => {
    await manyOf(5, { status });
    await sql(`UPDATE workspaces SET status_reason = 'lease_expired' WHERE status <> 'removed'`);
    const [lone] = await manyOf(1);
    expect((await braked()).summary).toMatchObject({ held: 0, degraded: 1 });
    expect(lone && (await rowOf(lone.id))).toMatchObject({ status: 'degraded' });
  });

  it('is over some time after few enough are left: then they are found', async () => {
    const mass = await manyOf(3);
    await manyOf(1, { silentFor: 0 });
    expect((await braked()).summary).toMatchObject({ held: 3, degraded: 0 });
    await sql(`UPDATE heartbeats SET lease_until = 'infinity' WHERE workspace_id = :id::uuid`, {
      id: mass[0]?.id ?? '',
    });
    expect((await braked()).summary).toMatchObject({ held: 2, degraded: 0 });
    await sql(`UPDATE silence_held SET until = until - interval '270 seconds'`);
    expect((await braked()).summary).toMatchObject({ held: 0, degraded: 2 });
    expect(await statusesOf(mass)).toEqual(['online', 'degraded', 'degraded']);
  });

  it('is told also in the grace after our own outage, which keeps everybody as they are anyway', async () => {
    await manyOf(3);
    await sql(`UPDATE sweep_state SET grace_until = now() + interval '1 minute'`);
    const { summary, told } = await braked();
    expect(summary).toMatchObject({ in_grace: true, held: 3, degraded: 0 });
    expect(told).toMatchObject([{ LeasesHeld: 3 }]);
  });
});

describe('the statement that expires leases', () => {
  it('does not fill its limit with those that are held', async () => {
    await manyOf(5);
    const [lone] = await manyOf(1, { zone: 'b' });
    const rows = await store.expireLeases({ ...NOTHING_HELD, ...BATCH, limit: 2, held: ['a'] });
    expect(rows).toEqual([{ id: lone?.id, status: 'degraded', owes: null }]);
  });

  it.each([
    ['fleet' as const, 0],
    [['a', 'b', null], 0],
    [['a'], 2],
    [[null], 2],
    [[], 3],
  ])('told to hold %o, changes %i of one in zone a, one in b and one outside EC2', async (held, changed) => {
    for (const zone of ['a', 'b', null]) await silentWorkspace({ zone });
    expect(await store.expireLeases({ ...NOTHING_HELD, ...BATCH, held })).toHaveLength(changed);
  });

  it('changes only what had run out when it was counted', async () => {
    const { id } = await silentWorkspace({ silentFor: 100 });
    const at = async (ago: string) =>
      String((await sql('SELECT (now() - :ago::text::interval)::text AS at', { ago }))[0]?.['at']);
    expect(await store.expireLeases({ ...NOTHING_HELD, ...BATCH, surveyedAt: await at('15 seconds') })).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ status: 'online' });
    expect(await store.expireLeases({ ...NOTHING_HELD, ...BATCH, surveyedAt: await at('5 seconds') })).toHaveLength(1);
  });

  it('sent twice, changes once', async () => {
    await silentWorkspace();
    expect(await store.expireLeases({ ...NOTHING_HELD, ...BATCH })).toHaveLength(1);
    expect(await store.expireLeases({ ...NOTHING_HELD, ...BATCH })).toEqual([]);
  });

  it('holds a workspace that comes to be in a held zone while it waits for the row', async () => {
    const { id } = await silentWorkspace({ zone: 'b' });
    await other.query('BEGIN');
    await other.query(`UPDATE workspaces SET availability_zone = 'a' WHERE id = $1`, [id]);
    const late = store.expireLeases({ ...NOTHING_HELD, ...BATCH, held: ['a'] });
    await untilBlocked();
    await other.query('COMMIT');
    expect(await late).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ status: 'online' });
  });
});
