import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handler as heartbeatHandler } from '../../functions/heartbeat/index.ts';
import { heartbeatRequest } from '../../functions/heartbeat/schema.ts';
import { handler as provisionHandler } from '../../functions/provision/index.ts';
import { handler as registerHandler } from '../../functions/register/index.ts';
import { httpEvent } from '../support/events.ts';
import { makeWorkspace, SEO_ALL } from '../support/registry.ts';
import { call } from '../support/runtime.ts';
import { sql } from '../support/sql.ts';

/** Everything that a call could have written. */
const written = async () =>
  JSON.stringify(
    await sql(
      `SELECT (SELECT count(*) FROM workspaces) AS workspaces, (SELECT count(*) FROM workspace_events) AS events,
         (SELECT max(last_heartbeat_at)::text FROM heartbeats) AS beat, (SELECT count(*) FROM installed_plugins) AS plugins`,
    ),
  );

const BEAT = { workspace_id: randomUUID(), error_rate: 0, active_tasks: 0, uptime_seconds: 0 };

describe('a bad heartbeat is refused by field, and nothing is written', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['an id that is no uuid', { workspace_id: '17' }, 'workspace_id'],
    ['no id', { workspace_id: undefined }, 'workspace_id'],
    ['error_rate 7', { error_rate: 7 }, 'error_rate'],
    ['error_rate as text', { error_rate: '0.5' }, 'error_rate'],
    ['a negative number of tasks', { active_tasks: -1 }, 'active_tasks'],
    ['a fraction of a task', { active_tasks: 1.5 }, 'active_tasks'],
    ['no uptime', { uptime_seconds: undefined }, 'uptime_seconds'],
    ['an uptime of more than three hundred years', { uptime_seconds: 1e13 }, 'uptime_seconds'],
    ['a runtime_state that is not known', { runtime_state: 'sleepy' }, 'runtime_state'],
    ['a plugin name that is a path', { plugins: [{ name: '../x', version: '1' }] }, 'plugins[0].name'],
    ['a plugin without a version', { plugins: [{ name: 'x' }] }, 'plugins[0].version'],
    ['spend in fractions of a cent', { monthly_spend: 0.5 }, 'monthly_spend'],
  ])('%s', async (_, wrong, field) => {
    const made = await makeWorkspace({ status: 'online' });
    const before = await written();
    const body = { ...BEAT, workspace_id: made.id, ...wrong };
    const answer = await call(
      heartbeatHandler,
      httpEvent('POST /registry/heartbeat', { token: await made.token('runtime'), body }),
    );
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ field }] } });
    expect(await written()).toBe(before);
  });
});

describe('a body', () => {
  it.each([
    ['{', 'body'],
    ['', 'body'],
    ['[]', 'body'],
    ['"text"', 'body'],
    ['null', 'body'],
  ])('that is %j is 400', async (rawBody, field) => {
    const token = await (await makeWorkspace()).token('runtime');
    const answer = await call(registerHandler, httpEvent('POST /registry/register', { token, rawBody }));
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ field }] } });
  });

  it('of 1 MiB is 413', async () => {
    const token = await (await makeWorkspace()).token('runtime');
    const rawBody = JSON.stringify({ id: randomUUID(), url: 'x'.repeat(1024 * 1024) });
    const answer = await call(registerHandler, httpEvent('POST /registry/register', { token, rawBody }));
    expect(answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  });

  it('that API Gateway has encoded in base64 is read all the same', async () => {
    const made = await makeWorkspace();
    const plain = httpEvent('POST /registry/register', { token: await made.token('runtime'), body: { id: made.id } });
    const encoded = { ...plain, isBase64Encoded: true, body: Buffer.from(plain.body ?? '').toString('base64') };
    expect((await call(registerHandler, encoded)).status).toBe(200);
  });

  it.each([
    [65_536, 200],
    [65_537, 413],
  ])('of %i bytes, not all of them ASCII, is %i', async (bytes, status) => {
    const made = await makeWorkspace();
    const frame = { id: made.id, note: 'é'.repeat(20_000) };
    const missing = bytes - Buffer.byteLength(JSON.stringify(frame));
    const rawBody = JSON.stringify({ ...frame, note: frame.note + 'x'.repeat(missing) });
    const event = httpEvent('POST /registry/register', { token: await made.token('runtime'), rawBody });
    expect((await call(registerHandler, event)).status).toBe(status);
  });

  it.each([
    ['a NUL character', { boot_id: 'a\0b' }, 'boot_id'],
    ['half of a surrogate pair', { boot_id: 'a\ud800' }, 'boot_id'],
    ['a NUL character in a key', { agent_card: { 'a\0b': 1 } }, 'agent_card'],
  ])('with %s, which PostgreSQL cannot hold, is 400', async (_, wrong, field) => {
    const made = await makeWorkspace();
    const body = { id: made.id, ...wrong };
    const event = httpEvent('POST /registry/register', { token: await made.token('runtime'), body });
    expect(await call(registerHandler, event)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});

describe('a document nested without end is 400', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });

  it('a hundred levels deep', async () => {
    const made = await makeWorkspace();
    const before = await written();
    const event = httpEvent('POST /registry/register', {
      token: await made.token('runtime'),
      body: { id: made.id, agent_card: deep(100) },
    });
    expect(await call(registerHandler, event)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(await written()).toBe(before);
  });

  it('but not ten levels deep', async () => {
    const made = await makeWorkspace();
    const body = { id: made.id, agent_card: deep(10) };
    const event = httpEvent('POST /registry/register', { token: await made.token('runtime'), body });
    expect((await call(registerHandler, event)).status).toBe(200);
  });

  it('also as ten thousand brackets', async () => {
    const rawBody = '['.repeat(10_000) + ']'.repeat(10_000);
    const answer = await call(provisionHandler, httpEvent('POST /workspaces', { rawBody }));
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});

describe('a report that names a plugin twice is taken: what it says last counts', () => {
  const plugins = [
    { name: 'seo-all', version: '1' },
    { name: 'seo-all', version: '2' },
  ];
  it.each(['register', 'heartbeat'])('on %s', async (route) => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    const answer =
      route === 'register'
        ? await call(registerHandler, httpEvent('POST /registry/register', { token, body: { id: made.id, plugins } }))
        : await call(
            heartbeatHandler,
            httpEvent('POST /registry/heartbeat', { token, body: { ...BEAT, workspace_id: made.id, plugins } }),
          );
    expect(answer.status).toBe(200);
    expect(
      await sql('SELECT name, version FROM installed_plugins WHERE workspace_id = :id::uuid', { id: made.id }),
    ).toEqual([{ name: 'seo-all', version: '2' }]);
  });
});

describe('texts that are too long for a beat are cut, not refused', () => {
  it('also in the middle of a surrogate pair', async () => {
    const made = await makeWorkspace();
    const body = { ...BEAT, workspace_id: made.id, sample_error: `${'x'.repeat(299)}😀` };
    const event = httpEvent('POST /registry/heartbeat', { token: await made.token('runtime'), body });
    expect((await call(heartbeatHandler, event)).status).toBe(200);
    const [row] = await sql('SELECT sample_error FROM heartbeats WHERE workspace_id = :id::uuid', { id: made.id });
    const whole = `${'x'.repeat(299)}\u{fffd}`;
    expect(row).toEqual({ sample_error: whole });
    // The local servers would mend half a pair on the way; what is sent must not rely on that.
    expect(heartbeatRequest.parse(body).sample_error).toBe(whole);
  });

  it.each(['sample_error', 'current_task'])('%s keeps 300 characters', async (field) => {
    const made = await makeWorkspace();
    const answer = await call(
      heartbeatHandler,
      httpEvent('POST /registry/heartbeat', {
        token: await made.token('runtime'),
        body: { ...BEAT, workspace_id: made.id, [field]: 'é'.repeat(2000) },
      }),
    );
    expect(answer.status).toBe(200);
    const [row] = await sql(`SELECT char_length(${field}) AS kept FROM heartbeats WHERE workspace_id = :id::uuid`, {
      id: made.id,
    });
    expect(row).toEqual({ kept: 300 });
  });
});

describe('a bad POST /workspaces is refused by field, and nothing is written', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['no name', { name: undefined }, 'name'],
    ['an unknown key', { nmae: 'x' }, 'body'],
    ['a policy that is not known', { restart_policy: 'always' }, 'restart_policy'],
    ['an external one that is to be restarted', { external: true, restart_policy: 'on_silence' }, 'restart_policy'],
    ['a boot timeout of a second', { boot_timeout_seconds: 1 }, 'boot_timeout_seconds'],
    [
      'a declaration without sha256',
      { declaration: { plugins: [{ name: 'a', version: '1', source: 'https://x' }] } },
      'declaration.plugins[0].sha256',
    ],
    [
      'a source that is not https',
      { declaration: { plugins: [{ ...SEO_ALL.plugins[0], source: 'http://example.com/x' }] } },
      'declaration.plugins[0].source',
    ],
  ])('%s', async (_, wrong, field) => {
    const before = await written();
    const body = { name: 'n', runtime: 'agent', ...wrong };
    const answer = await call(provisionHandler, httpEvent('POST /workspaces', { body }));
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ field }] } });
    expect(await written()).toBe(before);
  });
});
