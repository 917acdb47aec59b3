import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import { beatRecord } from '../../support/records.ts';
import { type Made, rowOf, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { livenessWith } from './aged.ts';
import { manyOf, removeEarlier } from './silent.ts';

const run = () => livenessWith({ brake: DEFAULT_BRAKE });

const beat = async (made: readonly Made[]) => {
  for (const { id } of made) await store.recordHeartbeat(beatRecord(id, { uptime_seconds: 86_400 }));
};

/** A minute passes for those that say nothing. */
const minute = () =>
  sql(
    `UPDATE heartbeats SET last_heartbeat_at = last_heartbeat_at - interval '1 minute',
       lease_until = lease_until - interval '1 minute'`,
  );

beforeEach(removeEarlier);

describe('a mass of silence that recedes since its runtimes come back', () => {
  it('leaves in peace those whose next try comes last, and finds the dead after the grace', async () => {
    const others = await manyOf(28, { silentFor: 0 });
    const mass = await manyOf(12, { silentFor: 1200, restartPolicy: 'on_silence' });
    expect(await run()).toMatchObject({ held: 12, degraded: 0, in_grace: false });
    // What kept them from us is over: they come back within their backoff of five minutes.
    await minute();
    await beat([...others, ...mass.slice(0, 9)]);
    expect(await run()).toMatchObject({ held: 3, degraded: 0 });
    for (const { id } of mass) expect(await rowOf(id)).toMatchObject({ status: 'online' });
    await beat(mass.slice(9, 11));
    await sql(`UPDATE silence_held SET until = until - interval '10 minutes'`);
    expect(await run()).toMatchObject({ held: 0, degraded: 1 });
  });

  it('is one from when more are unheard than the brake lets go, before a lease has run out', async () => {
    const fleet = await manyOf(40, { silentFor: 0 });
    const cutOff = fleet.slice(0, 16);
    for (const { id } of cutOff) {
      await sql(
        `UPDATE heartbeats SET last_heartbeat_at = now() - interval '60 seconds',
           lease_until = now() + interval '30 seconds' WHERE workspace_id = :id::uuid`,
        { id },
      );
    }
    expect(await run()).toMatchObject({ held: 0, is_outage: false });
    await minute();
    await beat(fleet.slice(3));
    expect(await run()).toMatchObject({ held: 3, degraded: 0 });
  });
});
