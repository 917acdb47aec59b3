import { afterEach, describe, expect, it } from 'vitest';
import { handler as provisionHandler } from '../../functions/provision/index.ts';
import { createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { StoreUnavailable } from '../../lib/domain/errors.ts';
import { databaseConfig, dropPool } from '../support/database.ts';
import { httpEvent } from '../support/events.ts';
import { useConnections } from '../support/locks.ts';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL } from '../support/registry.ts';
import { call, heartbeat, reconcile, register } from '../support/runtime.ts';
import { shared } from '../support/shared.ts';
import { sql } from '../support/sql.ts';
import { createStore } from '../support/store.ts';

const faults = (body: Record<string, unknown>) =>
  fetch(`${shared.now.dataApiUrl}/_control/faults`, { method: 'POST', body: JSON.stringify(body) });

const { other, watcher, untilBlocked } = useConnections();

afterEach(async () => {
  await faults({});
});

const deadlocks = async () => {
  const { rows } = await watcher.query(
    'SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(rows[0].deadlocks);
};

describe('invariant 9: a database error is 503, never "allowed"', () => {
  it('a beat while the database is down is 503 with Retry-After, and the next one succeeds when it is back', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    await faults({ unavailable: true });
    for (const answer of [await heartbeat(token, made.id), await register(token, { id: made.id })]) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'store_unavailable', retry_after_seconds: 5 } });
      expect(answer.headers).toMatchObject({ 'retry-after': '5' });
      expect(JSON.stringify(answer.body)).not.toMatch(/rds|postgres|exception/i);
    }
    await faults({});
    expect((await heartbeat(token, made.id)).status).toBe(200);
  }, 20_000);

  it('a beat while the signing keys cannot be had is 503', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    const { createJwtTokens } = await import('../../lib/adapters/tokens/jwt-tokens.ts');
    const { signingKeysFrom } = await import('../../lib/adapters/tokens/signing-keys.ts');
    await expect(createJwtTokens(signingKeysFrom('no/such/secret')).verify(token)).rejects.toThrow('cannot be had');
  });
});

describe('the budget of one Data API call', () => {
  const callsOf = async (work: () => Promise<unknown>) => {
    await fetch(`${shared.now.dataApiUrl}/_control/calls`, { method: 'DELETE' });
    await work();
    return (await fetch(`${shared.now.dataApiUrl}/_control/calls`)).json();
  };

  it('holds for a register and for a heartbeat, with a transition and without', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    const plugins = [{ name: 'seo-all', version: '1.0.0' }];
    const once = { ExecuteStatement: 1 };
    expect(await callsOf(() => register(token, { id: made.id, boot_id: 'b1', plugins: [] }))).toEqual(once);
    expect(await callsOf(() => register(token, { id: made.id, boot_id: 'b1', plugins: [] }))).toEqual(once);
    expect(await callsOf(() => heartbeat(token, made.id))).toEqual(once);
    expect(await callsOf(() => heartbeat(token, made.id, { error_rate: 0.9, plugins }))).toEqual(once);
    expect(await callsOf(() => heartbeat(token, made.id, { error_rate: 0 }))).toEqual(once);
  });
});

describe('a call meets', () => {
  it('a cluster that is waking up: it waits, and succeeds', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    await faults({ resumingForMs: 1200 });
    expect((await heartbeat(token, made.id)).status).toBe(200);
  });

  it('a 5xx before execution: it is sent again, and succeeds', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    await faults({ failBeforeExecution: { status: 500, times: 1 } });
    expect((await heartbeat(token, made.id)).status).toBe(200);
  });

  it('an answer that was lost after the commit: register is sent again, and makes one transition', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await faults({ loseAnswer: { times: 1, matching: 'record_register' } });
    expect(await register(token, { id: made.id, boot_id: 'b1' })).toMatchObject({
      status: 200,
      body: { workspace_status: 'online' },
    });
    expect((await eventsOf(made.id)).filter(({ event }) => event === 'register')).toHaveLength(1);
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1 });
  });

  it('a claim of reconcile whose answer was lost: it is sent again, and is the same claim', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    await register(await made.token('runtime'), { id: made.id, boot_id: 'b1', plugins: [] });
    await faults({ loseAnswer: { times: 1, matching: 'reconcile_lease' } });
    expect(await reconcile(made.id)).toMatchObject({ planned: 1 });
  });

  it.each(['INSERT INTO workspaces', 'instance_launched'])(
    'an answer that was lost after the commit of %s: POST /workspaces makes one workspace with one instance',
    async (matching) => {
      const count = async () => (await sql('SELECT count(*)::integer AS n FROM workspaces'))[0]?.['n'];
      const before = Number(await count());
      await faults({ loseAnswer: { times: 1, matching } });
      const answer = await call(provisionHandler, httpEvent('POST /workspaces', { body: { name: 'n', runtime: 'r' } }));
      expect(answer.status).toBe(201);
      expect(await count()).toBe(before + 1);
      expect((await eventsOf(answer.body.id)).map(({ event }) => event)).toEqual(['created', 'instance_launched']);
    },
  );

  it('a deadlock: it is run again, and succeeds', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    const before = await deadlocks();
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM workspaces WHERE id = $1 FOR UPDATE', [made.id]);
    const registered = register(token, { id: made.id, boot_id: 'b1' });
    await untilBlocked();
    // Against the lock order: heartbeats after workspaces.
    await other.query('SELECT 1 FROM heartbeats WHERE workspace_id = $1 FOR UPDATE', [made.id]);
    await other.query('COMMIT');
    expect((await registered).status).toBe(200);
    // A session tells its statistics when it ends, or else when it likes.
    await dropPool();
    await expect.poll(deadlocks, { timeout: 10_000 }).toBeGreaterThan(before);
    expect((await eventsOf(made.id)).filter(({ event }) => event === 'register')).toHaveLength(1);
  });

  it('a database that never wakes up: 503 within its budget', async () => {
    await faults({ resumingForMs: 60_000 });
    const impatient = createStore(createDatabase({ ...databaseConfig, budgetMs: 700 }));
    await expect(impatient.readSchemaVersion({})).rejects.toThrow(StoreUnavailable);
  });
});
