import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRegistryClient } from '../../../infra/local/fleet/registry-client.ts';
import { watchFleet } from '../../../infra/local/fleet/watch-fleet.ts';
import { portOf } from '../../../infra/local/ports.ts';

const at = '2026-01-01T00:00:00Z';
const workspace = (id: string) => ({
  id,
  name: id,
  status: 'online',
  status_since: at,
  instance_id: null,
  last_heartbeat_at: null,
  plugins: [],
});
const event = (id: number, time = at) => ({
  id,
  event: 'BEAT',
  from_status: null,
  to_status: null,
  reason: null,
  evidence: {},
  at: time,
});

/** Answers by path and query; 503 for the others. */
const answers = new Map<string, unknown>();
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  const answer = answers.get(request.url ?? '');
  response.statusCode = answer === undefined ? 503 : 200;
  response.end(JSON.stringify(answer ?? {}));
});
let api = '';
const over = new AbortController();

beforeEach(async () => {
  answers.clear();
  asked.length = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api = `http://127.0.0.1:${portOf(server)}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('tells what others answered when one workspace’s events fail, and the missed ones later, by id', async () => {
  answers.set('/workspaces', { items: [workspace('a')], next_cursor: 'a' });
  answers.set('/workspaces?cursor=a', { items: [workspace('b')], next_cursor: null });
  const early = '2025-01-01T00:00:00Z';
  answers.set('/workspaces/a/events', { items: [event(10, early), event(9)], next_cursor: null });
  const sights = watchFleet(createRegistryClient(api), over.signal);
  const next = async () => {
    const { value, done } = await sights.next();
    if (done === true) throw new Error('no sight');
    return { told: value.news.map((one) => `${one.workspace.id}${one.event.id}`), problem: value.problem };
  };
  expect(await next()).toEqual({ told: ['a9', 'a10'], problem: expect.stringContaining('503') });
  answers.set('/workspaces/b/events', { items: [event(8)], next_cursor: null });
  expect(await next()).toEqual({ told: ['b8'], problem: undefined });
  await sights.return(undefined);
});

it('reads pages of events until one that holds a known event', async () => {
  answers.set('/workspaces/a/events', { items: [event(4)], next_cursor: '4' });
  answers.set('/workspaces/a/events?cursor=4', { items: [event(3), event(2)], next_cursor: '2' });
  const events = await createRegistryClient(api).events('a', ({ id }) => id === 2);
  expect(events.map(({ id }) => id)).toEqual([4, 3, 2]);
  expect(asked).toHaveLength(2);
});
