import { describe, expect, it } from 'vitest';
import { eventOf, id, muster } from './muster.ts';
import { page, problem, type Reply, startScripted } from './scripted-registry.ts';

/** A registry with a history, which may be away: `away` is what it then answers. */
async function startHistory(events: ReturnType<typeof eventOf>[]) {
  const history: { events: typeof events; away?: Reply } = { events };
  const registry = await startScripted(({ path }) => {
    if (history.away !== undefined) return history.away;
    const query = new URL(path, 'http://x').searchParams;
    const before = Number(query.get('cursor') ?? Number.POSITIVE_INFINITY);
    const older = history.events.filter((event) => event.id < before).toSorted((a, b) => b.id - a.id);
    const items = older.slice(0, Math.min(3, Number(query.get('limit'))));
    return page(items, older.length > items.length ? String(items.at(-1)?.id) : null);
  });
  return Object.assign(history, { registry });
}

/** Follows in the background; `ids` are those of the events shown so far. */
function following(url: string, ...more: string[]) {
  const over = new AbortController();
  const ids: number[] = [];
  const warnings: string[] = [];
  const ended = muster(['events', id, '--follow', '--json', '--url', url, ...more], {
    print: (text) => ids.push(JSON.parse(text).id),
    warn: (text) => warnings.push(text),
    interrupted: () => over.signal,
  });
  return { ids, warnings, ended, interrupt: () => over.abort() };
}

describe('muster events --follow', () => {
  it('shows the last events, then every new one once, the newest last, until it is interrupted', async () => {
    const history = await startHistory([1, 2, 3, 4, 5].map((number) => eventOf(number)));
    const { ids, warnings, ended, interrupt } = following(history.registry.url, '--limit', '2');
    // A second look, which reads older ones too.
    await expect.poll(() => history.registry.asked.length).toBeGreaterThan(1);
    await expect.poll(() => ids).toEqual([4, 5]);
    // More than a page of the registry's.
    history.events.push(...[8, 9, 10, 11, 13].map((number) => eventOf(number)));
    await expect.poll(() => ids).toEqual([4, 5, 8, 9, 10, 11, 13]);
    // Given its id early, and committed late.
    history.events.push(eventOf(12), eventOf(14));
    await expect.poll(() => ids).toEqual([4, 5, 8, 9, 10, 11, 13, 12, 14]);
    const looks = history.registry.asked.length;
    await expect.poll(() => history.registry.asked.length).toBeGreaterThan(looks + 1);
    expect(ids).toHaveLength(9);
    interrupt();
    expect(await ended).toMatchObject({ exitCode: 0 });
    expect(warnings).toEqual([]);
  });

  it.each<[how: string, reply: Reply]>([
    ['loses its answers', 'lost'],
    ['is throttled', problem(429, 'x')],
    ['answers 503', { status: 503, body: { message: 'Service Unavailable' } }],
  ])('waits for a registry that %s, says so once, and misses nothing', async (_, reply) => {
    const history = await startHistory([eventOf(1)]);
    const { ids, warnings, ended, interrupt } = following(history.registry.url);
    await expect.poll(() => ids).toEqual([1]);
    history.away = reply;
    const before = history.registry.asked.length;
    await expect.poll(() => history.registry.asked.length - before, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    history.events.push(eventOf(2));
    delete history.away;
    await expect.poll(() => ids).toEqual([1, 2]);
    interrupt();
    expect(await ended).toMatchObject({ exitCode: 0 });
    expect(warnings).toEqual([expect.stringMatching(/Still following\.$/)]);
  });

  it('ends with 1 when the registry says that there is nothing to follow any more', async () => {
    const history = await startHistory([eventOf(1)]);
    const { ids, warnings, ended } = following(history.registry.url);
    await expect.poll(() => ids).toEqual([1]);
    history.away = problem(404, 'workspace_not_found');
    expect(await ended).toMatchObject({ exitCode: 1 });
    expect(warnings).toEqual([expect.stringMatching(/^Refused \(404 workspace_not_found\)/)]);
  });

  it('ends with 1 when not even its first look is answered', async () => {
    const registry = await startScripted(() => 'lost');
    expect(await following(registry.url).ended).toMatchObject({ exitCode: 1 });
    expect(registry.asked).toHaveLength(1);
  });

  it('ends at once also while it waits for an answer', async () => {
    const over = new AbortController();
    const silent: typeof fetch = (_, init) =>
      new Promise((__, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('given up')));
        setTimeout(() => over.abort(), 10);
      });
    const ended = muster(['events', id, '--follow', '--url', 'http://127.0.0.1:9'], {
      fetch: silent,
      interrupted: () => over.signal,
    });
    expect(await ended).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});
