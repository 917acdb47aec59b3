import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handler as workspacesHandler } from '../../../functions/workspaces/index.ts';
import type { Status } from '../../../lib/domain/status.ts';
import { httpEvent } from '../../support/events.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { call } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const list = (query: Record<string, string>) => call(workspacesHandler, httpEvent('GET /workspaces', { query }));

const idsOf = async (query: Record<string, string>): Promise<string[]> => {
  const { status, body } = await list({ limit: '200', ...query });
  expect(status).toBe(200);
  return body.items.map(({ id }: { id: string }) => id).sort();
};

/** A kind of runtime that only one test has workspaces of. */
const newRuntime = () => `agent-${randomUUID()}`;

describe('GET /workspaces finds', () => {
  it('the runtimes of a kind', async () => {
    const runtime = newRuntime();
    const made = [await makeWorkspace({ runtime }), await makeWorkspace({ runtime })];
    await makeWorkspace({ runtime: `${runtime}-other` });
    expect(await idsOf({ runtime })).toEqual(made.map(({ id }) => id).sort());
  });

  it.each<[string, readonly Status[]]>([
    ['online', ['online']],
    ['online,paused', ['online', 'paused']],
    ['removed,failed,hibernated', ['failed', 'hibernated', 'removed']],
  ])('status=%s', async (status, found) => {
    const runtime = newRuntime();
    for (const each of ['online', 'paused', 'failed', 'hibernated', 'removed', 'offline'] as const) {
      await makeWorkspace({ runtime, status: each });
    }
    const { body } = await list({ runtime, status });
    expect(body.items.map((item: { status: string }) => item.status).sort()).toEqual(found);
  });

  it.each([
    ['team=a', ['both', 'team a', 'team a, odd value']],
    ['team=a,env=prod', ['both']],
    ['team=a,team=a', ['both', 'team a', 'team a, odd value']],
    ['team=b', ['team b']],
    ['odd=x=y', ['team a, odd value']],
    ['odd=x', []],
    ['empty=', ['team b']],
    ['empty=b', []],
    ['team=%', []],
  ])('label=%s, as API Gateway joins what is repeated', async (label, names) => {
    const runtime = newRuntime();
    await makeWorkspace({ runtime, name: 'both', labels: { team: 'a', env: 'prod' } });
    await makeWorkspace({ runtime, name: 'team a', labels: { team: 'a', env: 'test' } });
    await makeWorkspace({ runtime, name: 'team a, odd value', labels: { team: 'a', odd: 'x=y' } });
    await makeWorkspace({ runtime, name: 'team b', labels: { team: 'b', empty: '' } });
    await makeWorkspace({ runtime, name: 'none' });
    const { body } = await list({ runtime, label });
    expect(body.items.map(({ name }: { name: string }) => name).sort()).toEqual(names);
  });

  it('what has not beaten for so long, and what never did, in whatever status', async () => {
    const runtime = newRuntime();
    const beaten = async (ago: string, status: Status) => {
      const { id } = await makeWorkspace({ runtime, status });
      await sql(
        `UPDATE heartbeats SET last_heartbeat_at = CASE WHEN :ago::text = 'never' THEN '-infinity'
           ELSE now() - CAST(NULLIF(:ago::text, 'never') AS interval) END WHERE workspace_id = :id::uuid`,
        { id, ago },
      );
      return id;
    };
    const never = await beaten('never', 'paused');
    const old = await beaten('301 seconds', 'online');
    const younger = await beaten('290 seconds', 'online');
    await beaten('1 second', 'offline');
    expect(await idsOf({ runtime, stale_seconds: '300' })).toEqual([never, old].sort());
    expect(await idsOf({ runtime, stale_seconds: '200' })).toEqual([never, old, younger].sort());
  });

  it('only what matches every filter', async () => {
    const runtime = newRuntime();
    const labels = { team: 'a' };
    const { id } = await makeWorkspace({ runtime, labels, status: 'online' });
    await makeWorkspace({ runtime, labels, status: 'paused' });
    await makeWorkspace({ runtime, status: 'online' });
    await makeWorkspace({ runtime: newRuntime(), labels, status: 'online' });
    expect(await idsOf({ runtime, label: 'team=a', status: 'online', stale_seconds: '1' })).toEqual([id]);
  });
});

describe('a filtered walk', () => {
  it('sees each match once, page by page, and ends with the last', async () => {
    const runtime = newRuntime();
    const made: string[] = [];
    for (let at = 0; at < 14; at += 1) {
      const { id } = await makeWorkspace({ runtime, labels: { odd: String(at % 2 === 1) } });
      if (at % 2 === 1) made.push(id);
    }
    const pages: string[][] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { runtime, label: 'odd=true', limit: '3' };
      const { body } = await list(cursor === null ? query : { ...query, cursor });
      pages.push(body.items.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual(made.sort());
  });
});

describe('a filter that cannot be understood is 400 and named', () => {
  it.each([
    [{ status: 'nope' }, 'status[0]'],
    [{ status: 'online,' }, 'status[1]'],
    [{ status: '' }, 'status[0]'],
    [{ runtime: '' }, 'runtime'],
    [{ runtime: 'a\0b' }, 'runtime'],
    [{ label: 'team' }, 'label'],
    [{ label: '=a' }, 'label'],
    [{ label: 'team=a,b' }, 'label'],
    [{ label: 'team=a,team=b' }, 'label'],
    [{ label: 'team=\0' }, 'label'],
    [{ stale_seconds: '0' }, 'stale_seconds'],
    [{ stale_seconds: 'x' }, 'stale_seconds'],
    [{ stale_seconds: '1.5' }, 'stale_seconds'],
    [{ stale_seconds: '99999999999' }, 'stale_seconds'],
    [{ labels: 'team=a' }, 'query'],
  ])('%o names %s', async (query, field) => {
    expect(await list(query)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ field }] },
    });
  });
});
