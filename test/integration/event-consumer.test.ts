import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { createEventConsumer } from '../../lib/domain/event-consumer.ts';
import type { EventKind } from '../../lib/domain/events.ts';
import { makeWorkspace, store } from '../support/registry.ts';
import { sql } from '../support/sql.ts';

let workspaceId: string;

/** All that went before is counted. */
beforeEach(async () => {
  const made = await makeWorkspace();
  workspaceId = made.id;
  await sql('UPDATE sweep_state SET events_counted_until = clock_timestamp()');
});

/** So many events of a kind, so many seconds ago. */
const happened = (event: EventKind | 'of_another_version', count: number, secondsAgo = 0) =>
  sql(
    `INSERT INTO workspace_events (workspace_id, at, event, actor, generation)
     SELECT :id::uuid, clock_timestamp() - make_interval(secs => :ago::integer), :event::text, 'test', 1
     FROM generate_series(1, :count::integer)`,
    { id: workspaceId, ago: secondsAgo, event, count },
  );

/** The mark of so many seconds ago: what is younger is not counted yet. */
const markedAt = (secondsAgo: number) =>
  sql(
    `UPDATE sweep_state SET events_counted_until = clock_timestamp() - make_interval(secs => :ago::integer),
       events_counted_by = NULL`,
    { ago: secondsAgo },
  );

/** How many events of a kind a run counts. Each test has kinds of its own, since what is written stays. */
const counted = async (
  kind: EventKind,
  { run = randomUUID(), lagSeconds = 0 }: { run?: string; lagSeconds?: number } = {},
) => (await store.countEvents({ run, lagSeconds })).find(({ event }) => event === kind)?.count ?? 0;

it('events are counted by their kind, each once', async () => {
  await happened('restart', 2);
  await happened('reconciled', 3);
  expect(await store.countEvents({ run: randomUUID(), lagSeconds: 0 })).toEqual(
    expect.arrayContaining([
      { event: 'restart', count: 2, absent: 0, provisioningSeconds: [] },
      { event: 'reconciled', count: 3, absent: 0, provisioningSeconds: [] },
    ]),
  );
  expect(await store.countEvents({ run: randomUUID(), lagSeconds: 0 })).toEqual([]);
  await happened('restart', 1);
  expect(await counted('restart')).toBe(1);
});

it('what may not all be committed yet waits for a later run', async () => {
  await markedAt(300);
  await happened('pause', 1, 190);
  await happened('pause', 2, 30);
  expect(await counted('pause', { lagSeconds: 60 })).toBe(1);
  expect(await counted('pause', { lagSeconds: 60 })).toBe(0);
  expect(await counted('pause', { lagSeconds: 10 })).toBe(2);
});

it('a longer lag does not count again what is counted', async () => {
  await markedAt(20);
  await happened('resume', 1, 40);
  expect(await counted('resume', { lagSeconds: 60 })).toBe(0);
  expect(await counted('resume')).toBe(0);
});

it('a run whose answer was lost is answered the same again, and the next one goes on from there', async () => {
  const run = randomUUID();
  await happened('wake', 2);
  expect(await counted('wake', { run })).toBe(2);
  await happened('wake', 1);
  expect(await counted('wake', { run })).toBe(2);
  expect(await counted('wake')).toBe(1);
});

it('runs beside one another count each event once', async () => {
  await happened('remove', 7);
  const runs = await Promise.all(Array.from({ length: 20 }, () => counted('remove')));
  expect(runs.filter((times) => times > 0)).toEqual([7]);
});

it('the consumer tells each event to the metric or the log that is declared for it', async () => {
  const metrics: [string, number | undefined][] = [];
  const times: unknown[] = [];
  const lines: unknown[] = [];
  const consume = createEventConsumer({
    store,
    count: (counter, value) => void metrics.push([counter, value]),
    time: (timing, values) => void times.push([timing, values]),
    log: (message, details) => void lines.push([message, details]),
  });
  await markedAt(100);
  await happened('launch_failed', 2, 90);
  await happened('budget_spent', 1, 90);
  await happened('plugin_failed', 4, 90);
  await happened('token_reissued', 3, 90);
  await happened('pause', 5, 90);
  await happened('of_another_version', 1, 90);
  await happened('instance_gone', 1, 30);
  expect(await consume()).toBe(16);
  expect(metrics.sort()).toEqual([
    ['PluginsFailed', 4],
    ['WorkspacesFailed', 3],
  ]);
  expect(lines).toEqual([['events', { token_reissued: 3, of_another_version: 1 }]]);
  expect(await consume()).toBe(0);
  expect(metrics).toHaveLength(2);
  expect(lines).toHaveLength(1);
});
