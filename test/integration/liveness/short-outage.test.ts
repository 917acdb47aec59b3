import { beforeEach, expect, it } from 'vitest';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import { eventsOf, rowOf } from '../../support/registry.ts';
import { livenessWith } from './aged.ts';
import { beat, pass } from './passing.ts';
import { manyOf, removeEarlier } from './silent.ts';

const run = () => livenessWith({ brake: DEFAULT_BRAKE });

beforeEach(removeEarlier);

it('a failover in which one run was missed is no death of those whose next try comes late', async () => {
  const fleet = await manyOf(20, { silentFor: 0, restartPolicy: 'on_silence' });
  await pass(30);
  await beat(fleet.slice(0, 18));
  await pass(20);
  await run();
  // Nothing of ours answers for 110 s: every runtime backs off, for up to two minutes by then.
  await pass(115);
  await beat(fleet.slice(0, 18));
  await run();
  await pass(60);
  await beat(fleet.slice(0, 18));
  expect(await run()).toMatchObject({ in_grace: true, degraded: 0 });
  const late = fleet.slice(18);
  for (const { id } of late) expect(await rowOf(id)).toMatchObject({ status: 'online' });
  await beat(late);
  const events = await Promise.all(fleet.map(({ id }) => eventsOf(id)));
  expect(events.flat().filter(({ event }) => event === 'lease_expired')).toEqual([]);
});
