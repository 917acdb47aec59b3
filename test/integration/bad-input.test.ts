import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handler as heartbeatHandler } from '../../functions/heartbeat/index.ts';
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

  it('with a NUL character, which no text column takes, is 400', async () => {
    const made = await makeWorkspace();
    const event = httpEvent('POST /registry/register', {
      token: await made.token('runtime'),
      body: { id: made.id, boot_id: 'a\u0000b' },
    });
    expect(await call(registerHandler, event)).toMatchObject({ status: 400, body: { errors: [{ field: 'boot_id' }] } });
  });
});

describe('texts that are too long for a beat are cut, not refused', () => {
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
