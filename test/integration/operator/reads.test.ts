import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handler as workspacesHandler } from '../../../functions/workspaces/index.ts';
import { httpEvent } from '../../support/events.ts';
import { makeWorkspace, SEO_ALL } from '../../support/registry.ts';
import { call, heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const list = (query: Record<string, string> = {}) => call(workspacesHandler, httpEvent('GET /workspaces', { query }));
const get = (id: string) => call(workspacesHandler, httpEvent('GET /workspaces/{id}', { id }));
const events = (id: string, query: Record<string, string> = {}) =>
  call(workspacesHandler, httpEvent('GET /workspaces/{id}/events', { id, query }));

describe('GET /workspaces', () => {
  it('walks the whole fleet page by page, each workspace once', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => makeWorkspace()));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = cursor === null ? { limit: '2' } : { limit: '2', cursor };
      const { status, body } = await list(query);
      expect(status).toBe(200);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made.map(({ id }) => id)));
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '201' }, 'limit'],
    [{ limit: 'x' }, 'limit'],
    [{ cursor: 'x' }, 'cursor'],
    [{ stauts: 'online' }, 'query'],
  ])('with %o is 400 and names %s', async (query, field) => {
    const { status, body } = await list(query);
    expect({ status, code: body.code, field: body.errors[0].field }).toEqual({
      status: 400,
      code: 'invalid_request',
      field,
    });
  });
});

describe('a page that outgrows the 1 MiB of the Data API', () => {
  const walk = async (first: (cursor: string | null) => ReturnType<typeof list>) => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { status, body } = await first(cursor);
      expect(status).toBe(200);
      seen.push(...body.items.map(({ id }: { id: string | number }) => String(id)));
      cursor = body.next_cursor;
    } while (cursor !== null);
    return seen;
  };

  it('of workspaces is shorter, and leads on', async () => {
    await sql(
      `INSERT INTO workspaces (id, name, runtime, restart_policy, created_by, labels)
       SELECT gen_random_uuid(), 'large', 'r', 'never', '{"actor": "test"}',
         (SELECT jsonb_object_agg('label' || n, repeat('x', 200)) FROM generate_series(1, 200) n)
       FROM generate_series(1, 40)`,
    );
    const seen = await walk((cursor) => list(cursor === null ? { limit: '200' } : { limit: '200', cursor }));
    const [count] = await sql('SELECT count(*)::integer AS n FROM workspaces');
    expect(new Set(seen).size).toBe(count?.['n']);
    expect(seen.length).toBe(count?.['n']);
  });

  it('of events is shorter, and leads on', async () => {
    const { id } = await makeWorkspace();
    await sql(
      `INSERT INTO workspace_events (workspace_id, event, actor, generation, evidence)
       SELECT :id::uuid, 'plan_made', 'test', 1, jsonb_build_object('actions', repeat('x', 40000))
       FROM generate_series(1, 40)`,
      { id },
    );
    const seen = await walk((cursor) => events(id, cursor === null ? { limit: '200' } : { limit: '200', cursor }));
    expect(new Set(seen).size).toBe(42);
  });
});

describe('GET /workspaces/{id}', () => {
  it('shows both sides of the truth about plugins', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: [{ name: 'old', version: '3' }] });
    await heartbeat(token, made.id, { error_rate: 0.2, active_tasks: 4 });
    const { status, body } = await get(made.id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: made.id,
      status: 'online',
      status_reason: 'register',
      instance_id: made.instanceId,
      error_rate: 0.2,
      active_tasks: 4,
      declaration_version: 1,
      reconcile_owed: true,
      reconcile_because: 'register',
      reconcile_since: expect.stringMatching(/^\d{4}-.+Z$/),
      plugins: [
        { name: 'old', declared_version: null, installed_version: '3', failed_version: null, failed_reason: null },
        {
          name: 'seo-all',
          declared_version: '1.0.0',
          installed_version: null,
          failed_version: null,
          failed_reason: null,
        },
      ],
    });
    expect(new Date(body.last_heartbeat_at).getTime()).toBeGreaterThan(Date.now() - 60_000);
    await register(token, { id: made.id, boot_id: 'b2' });
    expect((await get(made.id)).body.plugins).toMatchObject([{ name: 'seo-all' }]);
  });

  it('shows what it owes EC2, and that a person stopped its instance', async () => {
    const made = await makeWorkspace({ status: 'online', bootTimeoutSeconds: 90, idleMinutes: 7 });
    expect((await get(made.id)).body).toMatchObject({
      external: false,
      stoppable: true,
      stopped_by: null,
      previous_instance_id: null,
      owed_operation: null,
      operation_asked_at: null,
      next_operation_at: null,
      boot_timeout_seconds: 90,
      idle_minutes: 7,
    });
    await sql(
      `UPDATE workspaces SET stopped_by = 'user', stoppable = false, previous_instance_id = 'i-superseded',
         ec2_attempts = 3, ec2_op = 'start', ec2_op_asked_at = '2026-11-21 09:15:29Z', ec2_next_at = '2026-11-21 09:16Z'
       WHERE id = :id::uuid`,
      { id: made.id },
    );
    expect((await get(made.id)).body).toMatchObject({
      stoppable: false,
      stopped_by: 'user',
      previous_instance_id: 'i-superseded',
      owed_operation: 'start',
      operation_asked_at: '2026-11-21T09:15:29Z',
      next_operation_at: '2026-11-21T09:16:00Z',
      attempts: 3,
    });
  });

  it('shows that the instances of an external workspace are not ours', async () => {
    const { id } = await makeWorkspace({ launch: null, restartPolicy: 'never' });
    expect((await get(id)).body).toMatchObject({ external: true, idle_minutes: null });
  });

  it.each([
    ['an unknown id', randomUUID(), 404, 'workspace_not_found'],
    ['an id that is no uuid', 'abc', 400, 'invalid_request'],
  ])('with %s is %s', async (_, id, status, code) => {
    expect(await get(id)).toMatchObject({ status, body: { code } });
    expect(await events(id)).toMatchObject({ status, body: { code } });
  });
});

describe('GET /workspaces/{id}/events', () => {
  it('tells the history newest first, page by page', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1' });
    await heartbeat(token, made.id, { error_rate: 0.9 });
    const first = await events(made.id, { limit: '3' });
    expect(first.body.items.map(({ event }: { event: string }) => event)).toEqual([
      'beat_unhealthy',
      'register',
      'instance_launched',
    ]);
    expect(first.body.items[0]).toMatchObject({
      from_status: 'online',
      to_status: 'degraded',
      reason: 'error_rate',
      evidence: { error_rate: 0.9 },
      actor: 'runtime',
      generation: 1,
    });
    const rest = await events(made.id, { cursor: first.body.next_cursor });
    expect(rest.body).toMatchObject({ items: [{ event: 'created' }], next_cursor: null });
  });
});
