import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { createHeartbeat } from '../../../functions/heartbeat/heartbeat.ts';
import { handler as heartbeatHandler } from '../../../functions/heartbeat/index.ts';
import { handler as registerHandler } from '../../../functions/register/index.ts';
import { createRegister } from '../../../functions/register/register.ts';
import { handler as stateHandler } from '../../../functions/state/index.ts';
import { Unauthorized } from '../../../lib/domain/errors.ts';
import { DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import { httpEvent } from '../../support/events.ts';
import { eventsOf, makeWorkspace, rowOf, tokens } from '../../support/registry.ts';
import { call, heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const state = (token: string, id: string) => call(stateHandler, httpEvent('GET /workspaces/{id}/state', { token, id }));

const withoutRequestId = ({ request_id: _, ...body }: Record<string, unknown>) => body;

describe('invariant 7: paused and hibernated stay so, and invariant 11: a refused call wrote nothing', () => {
  it.each([
    ['paused', 409, 'workspace_paused'],
    ['hibernated', 409, 'workspace_hibernated'],
    ['removed', 410, 'workspace_removed'],
  ] as const)('register and heartbeat on %s: %i, nothing written, no token', async (status, http, code) => {
    const made = await makeWorkspace({ status });
    const token = await made.token('runtime');
    const before = [await rowOf(made.id), await eventsOf(made.id)];
    const registered = await register(token, { id: made.id, boot_id: 'late', plugins: [] });
    const beat = await heartbeat(token, made.id, { plugins: [{ name: 'x', version: '1' }] });
    for (const answer of [registered, beat]) {
      expect(answer).toMatchObject({ status: http, body: { code, status: http } });
      expect(answer.body).not.toHaveProperty('auth_token');
    }
    expect([await rowOf(made.id), await eventsOf(made.id)]).toEqual(before);
    const [plugins] = await sql(
      'SELECT count(*)::integer AS installed FROM installed_plugins WHERE workspace_id = :id::uuid',
      { id: made.id },
    );
    expect(plugins).toEqual({ installed: 0 });
  });

  it('a runtime reads its state, also when it is removed', async () => {
    const made = await makeWorkspace({ status: 'removed' });
    const token = await made.token('runtime');
    const answer = await call(stateHandler, httpEvent('GET /workspaces/{id}/state', { token, id: made.id }));
    expect(answer).toMatchObject({ status: 200, body: { status: 'removed', paused: false, deleted: true } });
  });
});

describe('invariant 9: no token, no entry; unknown and foreign ids look the same', () => {
  const unknown = randomUUID();
  const forged = () =>
    new SignJWT({ sub: unknown, gen: 1, ver: 1, kind: 'runtime' })
      .setProtectedHeader({ alg: 'HS256', kid: 'k2' })
      .sign(Buffer.alloc(32, 9));
  const foreign = async () => (await makeWorkspace()).token('runtime');
  const rightForUnknown = () => tokens.sign({ sub: unknown, gen: 1, ver: 1, kind: 'runtime' });
  const oldGeneration = () => tokens.sign({ sub: unknown, gen: 7, ver: 1, kind: 'runtime' });

  it.each([
    ['no token', async () => ''],
    ['nonsense', async () => 'a.b.c'],
    ['a forged token', forged],
    ['a foreign token', foreign],
    ['an unknown id', rightForUnknown],
    ['another generation', oldGeneration],
  ])('%s: 401 with the same body on every runtime route', async (_, make) => {
    const token = await make();
    const asked = token === '' ? {} : { token };
    const answers = [
      await call(registerHandler, httpEvent('POST /registry/register', { ...asked, body: { id: unknown } })),
      await call(
        heartbeatHandler,
        httpEvent('POST /registry/heartbeat', {
          ...asked,
          body: { workspace_id: unknown, error_rate: 0, active_tasks: 0, uptime_seconds: 0 },
        }),
      ),
      await call(stateHandler, httpEvent('GET /workspaces/{id}/state', { ...asked, id: unknown })),
    ];
    const [first] = answers;
    expect(first).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    for (const answer of answers) expect(withoutRequestId(answer.body)).toEqual(withoutRequestId(first?.body));
  });

  it('a forged token costs no database call at all', async () => {
    const token = await forged();
    const asked = vi.fn<() => Promise<never>>();
    const ports = {
      tokens,
      store: { recordHeartbeat: asked, recordRegister: asked },
      reconcile: { request: asked },
      handOver: asked,
      policy: DEFAULT_POLICY,
      random: Math.random,
      clock: Date.now,
    };
    const body = vi.fn<() => never>();
    await expect(createRegister(ports)('r', token, body)).rejects.toThrow(Unauthorized);
    await expect(createHeartbeat(ports)('r', token, body)).rejects.toThrow(Unauthorized);
    expect([asked, body].map(({ mock }) => mock.calls)).toEqual([[], []]);
  });

  it('a bootstrap token is no good for a heartbeat, nor after its time', async () => {
    const made = await makeWorkspace();
    const bootstrap = await made.token('bootstrap');
    expect((await heartbeat(bootstrap, made.id)).status).toBe(401);
    await sql(`UPDATE heartbeats SET bootstrap_until = now() WHERE workspace_id = :id::uuid`, { id: made.id });
    expect((await register(bootstrap, { id: made.id })).status).toBe(401);
  });

  it('a bootstrap token whose time ran out in our own outage is good while the grace lasts (invariant 13)', async () => {
    const made = await makeWorkspace();
    const bootstrap = await made.token('bootstrap');
    await sql(`UPDATE heartbeats SET bootstrap_until = now() WHERE workspace_id = :id::uuid`, { id: made.id });
    await sql(`UPDATE sweep_state SET grace_until = now() + interval '1 minute'`);
    const answers = [await state(bootstrap, made.id), await register(bootstrap, { id: made.id })];
    await sql(`UPDATE sweep_state SET grace_until = '-infinity'`);
    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect((await register(bootstrap, { id: made.id })).status).toBe(401);
  });

  it('a token of either key is good during a rotation', async () => {
    const made = await makeWorkspace();
    const old = await new SignJWT({ sub: made.id, gen: 1, ver: 1, kind: 'runtime' })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(Buffer.alloc(32, 1));
    expect((await heartbeat(old, made.id)).status).toBe(200);
  });
});

describe('invariant 8: an old token opens nothing', () => {
  it.each(['generation', 'token_version'])(
    'of another %s: 401 on every runtime route, nothing written',
    async (column) => {
      const made = await makeWorkspace({ status: 'online' });
      const token = await made.token('runtime');
      await sql(`UPDATE heartbeats SET ${column} = 2 WHERE workspace_id = :id::uuid`, { id: made.id });
      const before = await rowOf(made.id);
      for (const voice of [
        register(token, { id: made.id, boot_id: 'late' }),
        heartbeat(token, made.id),
        state(token, made.id),
      ])
        expect((await voice).status).toBe(401);
      expect(await rowOf(made.id)).toEqual(before);
    },
  );

  it.each([`bootstrap_open = false`, `bootstrap_until = now()`])(
    'a bootstrap token after %s reads no state',
    async (change) => {
      const made = await makeWorkspace({ status: 'paused' });
      const token = await made.token('bootstrap');
      expect((await state(token, made.id)).body).toEqual({ status: 'paused', paused: true, deleted: false });
      await sql(`UPDATE heartbeats SET ${change} WHERE workspace_id = :id::uuid`, { id: made.id });
      expect((await state(token, made.id)).status).toBe(401);
    },
  );
});
