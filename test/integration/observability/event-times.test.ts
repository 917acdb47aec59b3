import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Status } from '../../../lib/domain/status.ts';
import { makeWorkspace, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

describe('what the events of a minute tell', () => {
  const countedOf = async (event: string) =>
    (await store.countEvents({ run: randomUUID(), lagSeconds: 0 })).find((told) => told.event === event);
  const forget = () => sql('UPDATE sweep_state SET events_counted_until = clock_timestamp()');

  /** Events of a workspace of its own, in this order, each so many seconds ago. */
  const past = (
    ...events: readonly (readonly [event: string, from: Status | null, to: Status, secondsAgo: number])[]
  ) =>
    sql(
      `INSERT INTO workspace_events (workspace_id, at, event, from_status, to_status, actor, generation)
       SELECT :id::uuid, now() - make_interval(secs => (e ->> 3)::integer), e ->> 0, (e ->> 1)::workspace_status,
         (e ->> 2)::workspace_status, 'test', 1
       FROM jsonb_array_elements(:events::jsonb) WITH ORDINALITY AS given (e, place) ORDER BY place`,
      { id: randomUUID(), events: JSON.stringify(events) },
    );
  const markedAt = (secondsAgo: number) =>
    sql('UPDATE sweep_state SET events_counted_until = now() - make_interval(secs => :s::integer)', { s: secondsAgo });

  it('is how long each provisioning took that ended online, from its last beginning on', async () => {
    await markedAt(10);
    await past(['created', null, 'provisioning', 95], ['register', 'provisioning', 'online', 5]);
    await past(
      ['created', null, 'provisioning', 900],
      ['register', 'provisioning', 'online', 500],
      ['restart', 'online', 'provisioning', 45],
      ['register', 'provisioning', 'online', 5],
    );
    const told = await countedOf('register');
    expect(told?.provisioningSeconds.map(Math.round)).toEqual([40, 90]);
    expect(await countedOf('register')).toBeUndefined();
  });

  it('has no time of what did not come from provisioning, or did not come online', async () => {
    const [degraded, offline] = await Promise.all([makeWorkspace(), makeWorkspace({ status: 'offline' })]);
    await forget();
    await transition(degraded.id, 'beat_unhealthy', 'degraded');
    await transition(offline.id, 'beat_healthy', 'online');
    const told = await store.countEvents({ run: randomUUID(), lagSeconds: 0 });
    expect(told.flatMap(({ provisioningSeconds }) => provisioningSeconds)).toEqual([]);
  });

  it('is every percentile of many, the longest among them', async () => {
    await markedAt(600);
    const arrivals = Array.from(
      { length: 500 },
      (_, at) => ['beat_healthy', 'provisioning', 'online', 500 - at] as const,
    );
    await past(['created', null, 'provisioning', 1_000], ...arrivals);
    const told = await countedOf('beat_healthy');
    expect(told?.provisioningSeconds).toHaveLength(100);
    expect(told?.provisioningSeconds.at(-1)).toBeCloseTo(999, 3);
    expect(told?.provisioningSeconds[0]).toBeCloseTo(504, 3);
  });

  it('is how many flips were for an absence', async () => {
    const { id } = await makeWorkspace();
    await forget();
    await sql(
      `INSERT INTO workspace_events (workspace_id, event, reason, actor, generation)
       VALUES (:id::uuid, 'instance_gone', 'absent', 'test', 1), (:id::uuid, 'instance_gone', 'gone', 'test', 1)`,
      { id },
    );
    expect(await countedOf('instance_gone')).toMatchObject({ count: 2, absent: 1 });
  });
});
