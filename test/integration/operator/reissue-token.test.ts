import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { commandWorkspace } from '../../../lib/adapters/rds-data/statements/command-workspace.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { STATUSES } from '../../../lib/domain/status.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { beatRecord } from '../../support/records.ts';
import { eventsOf, makeWorkspace, rowOf, store } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { order, writtenOf } from './ordering.ts';

const { behind } = useConnections();

const reissue = (id: string) => order('reissue-token', id);

const closeBootstrap = (id: string) =>
  sql(
    `UPDATE heartbeats SET bootstrap_open = false, bootstrap_opened_at = now() - interval '2 days',
       bootstrap_until = now() - interval '1 day'
     WHERE workspace_id = :id::uuid`,
    { id },
  );

describe('POST /workspaces/{id}/reissue-token', () => {
  it('ends the old tokens, and the new ones work', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const old = { runtime: await made.token('runtime'), bootstrap: await made.token('bootstrap') };
    await closeBootstrap(made.id);
    const { status, body } = await reissue(made.id);
    expect({ status, keys: Object.keys(body).sort() }).toEqual({
      status: 202,
      keys: ['bootstrap_token', 'generation', 'id', 'runtime_token', 'status'],
    });
    expect(body).toMatchObject({ id: made.id, status: 'online', generation: 1 });
    expect((await heartbeat(old.runtime, made.id)).status).toBe(401);
    for (const token of [old.runtime, old.bootstrap]) {
      expect((await register(token, { id: made.id, boot_id: 'b2' })).status).toBe(401);
    }
    expect((await heartbeat(body.bootstrap_token, made.id)).status).toBe(401);
    expect((await register(body.bootstrap_token, { id: made.id, boot_id: 'b2' })).status).toBe(200);
    expect((await heartbeat(body.runtime_token, made.id)).status).toBe(200);
  });

  it('opens a bootstrap token that the first beat with a new token closes, however old its process', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const { body } = await reissue(made.id);
    expect((await heartbeat(body.runtime_token, made.id, { uptime_seconds: 500_000 })).status).toBe(200);
    expect((await register(body.bootstrap_token, { id: made.id })).status).toBe(401);
  });

  it('opens the bootstrap token for twice the boot timeout', async () => {
    const { id } = await makeWorkspace({ status: 'online', bootTimeoutSeconds: 90 });
    await closeBootstrap(id);
    await reissue(id);
    const [row] = await sql(
      `SELECT bootstrap_open, bootstrap_until BETWEEN now() + interval '170 seconds' AND now() + interval '180 seconds' AS twice_the_time
       FROM heartbeats WHERE workspace_id = :id::uuid`,
      { id },
    );
    expect(row).toEqual({ bootstrap_open: true, twice_the_time: true });
  });

  it('is told in the history, without the tokens, and changes nothing else of the workspace', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const before = await writtenOf(made.id);
    await reissue(made.id);
    expect((await eventsOf(made.id)).at(-1)).toEqual({
      event: 'token_reissued',
      from_status: null,
      to_status: null,
      reason: 'reissue_token',
      evidence: '{"token_version": 2}',
      actor: 'operator',
      owes: null,
    });
    expect((await writtenOf(made.id))?.['workspace']).toEqual(before?.['workspace']);
  });

  it.each(STATUSES.filter((status) => status !== 'removed'))('works in %s, and leaves it so', async (status) => {
    const { id } = await makeWorkspace({ status });
    expect(await reissue(id)).toMatchObject({ status: 202, body: { status } });
    expect(await rowOf(id)).toMatchObject({ status, token_version: 2 });
  });

  it('works for an external workspace', async () => {
    const { id } = await makeWorkspace({ launch: null, restartPolicy: 'never', status: 'online' });
    const { body } = await reissue(id);
    expect((await heartbeat(body.runtime_token, id)).status).toBe(200);
  });

  it('of a removed workspace is 410, and nothing is written', async () => {
    const { id } = await makeWorkspace({ status: 'removed' });
    const before = await writtenOf(id);
    expect(await reissue(id)).toMatchObject({ status: 410, body: { code: 'workspace_removed' } });
    expect(await writtenOf(id)).toEqual(before);
  });

  it('is of the present generation', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    await sql('UPDATE heartbeats SET generation = 4 WHERE workspace_id = :id::uuid', { id });
    await sql('UPDATE workspaces SET generation = 4 WHERE id = :id::uuid', { id });
    const { body } = await reissue(id);
    expect(body.generation).toBe(4);
    expect((await heartbeat(body.runtime_token, id)).status).toBe(200);
  });
});

describe('tokens that are reissued while others write', () => {
  it('a beat with an old token commits first: it counts, and the next one is 401', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const old = await made.token('runtime');
    const late = await behind(
      (transactionId) => database.run(recordHeartbeat, beatRecord(made.id, { error_rate: 0.9 }), transactionId),
      () => reissue(made.id),
    );
    expect(late).toMatchObject({ status: 202, body: { status: 'degraded' } });
    expect((await heartbeat(old, made.id)).status).toBe(401);
  });

  it('a removal commits while they wait: 410, and no token is raised', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const removal = { workspaceId: id, command: 'remove', replace: false, actor: 'operator', requestId: 'r' } as const;
    const late = await behind(
      (transactionId) => database.run(commandWorkspace, removal, transactionId),
      () => reissue(id),
    );
    expect(late).toMatchObject({ status: 410, body: { code: 'workspace_removed' } });
    expect(await rowOf(id)).toMatchObject({ token_version: 1 });
  });

  it('of two requests the later one is good', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const [first, second] = [await reissue(id), await reissue(id)];
    expect((await heartbeat(first.body.runtime_token, id)).status).toBe(401);
    expect((await heartbeat(second.body.runtime_token, id)).status).toBe(200);
  });

  it('one request whose answer was lost, and which is sent again, raises them once', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const same = { workspaceId: id, actor: 'operator', requestId: randomUUID() };
    const first = await store.reissueToken(same);
    const written = await writtenOf(id);
    expect(first).toMatchObject({ token_version: 2 });
    expect(await store.reissueToken(same)).toEqual(first);
    expect(await writtenOf(id)).toEqual(written);
  });
});
