import { beforeEach, expect, it } from 'vitest';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import { beatRecord } from '../../support/records.ts';
import { eventsOf, type Made, rowOf, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { livenessWith } from './aged.ts';
import { manyOf, removeEarlier } from './silent.ts';

const run = () => livenessWith({ brake: DEFAULT_BRAKE });

/** Time passes: whatever was so at a time was so as much longer ago. */
const pass = async (seconds: number) => {
  await sql(
    `UPDATE heartbeats SET last_heartbeat_at = last_heartbeat_at - make_interval(secs => :s::integer),
       lease_until = lease_until - make_interval(secs => :s::integer)`,
    { s: seconds },
  );
  await sql(
    `UPDATE workspaces SET status_since = status_since - make_interval(secs => :s::integer),
       boot_asked_at = boot_asked_at - make_interval(secs => :s::integer)`,
    { s: seconds },
  );
  await sql(
    `UPDATE sweep_state SET liveness_at = liveness_at - make_interval(secs => :s::integer),
       grace_until = grace_until - make_interval(secs => :s::integer)`,
    { s: seconds },
  );
};

const beat = async (made: readonly Made[]) => {
  for (const { id } of made) await store.recordHeartbeat(beatRecord(id, { uptime_seconds: 86_400 }));
};

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
