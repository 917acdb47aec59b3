import { describe, expect, it } from 'vitest';
import { catchUpToken } from '../../../lib/adapters/rds-data/statements/catch-up-token.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { makeWorkspace, newInstanceId, rowOf, store, tokens, transition } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { changeRow, toldOf } from '../orphans/run-orphans.ts';

const { behind } = useConnections();

describe('a row that is behind a token of its own generation', () => {
  const withToken = async (kind: 'runtime' | 'bootstrap', ver: number, gen = 1) => {
    const { id } = await makeWorkspace({ status: 'online' });
    await sql('UPDATE heartbeats SET token_version = 3, bootstrap_open = false WHERE workspace_id = :id::uuid', { id });
    return { id, token: await tokens.sign({ sub: id, gen, ver, kind }) };
  };
  const openOf = async (id: string) =>
    (
      await sql(
        `SELECT h.token_version, h.bootstrap_open, h.bootstrap_until > now() + make_interval(secs => w.boot_timeout_seconds) AS lasts
         FROM heartbeats h JOIN workspaces w ON w.id = h.workspace_id WHERE w.id = :id::uuid`,
        { id },
      )
    )[0];

  it('catches up with it at a heartbeat, which counts', async () => {
    const { id, token } = await withToken('runtime', 5);
    expect((await heartbeat(token, id, { active_tasks: 2 })).status).toBe(200);
    expect(await rowOf(id)).toMatchObject({ token_version: 5, status: 'online' });
    expect(await sql('SELECT active_tasks FROM heartbeats WHERE workspace_id = :id::uuid', { id })).toEqual([
      { active_tasks: 2 },
    ]);
    expect(await toldOf(id, 'registry_behind')).toMatchObject([
      { reason: 'newer_token', actor: 'runtime', evidence: { token_version: 5, row_token_version: 3 }, generation: 1 },
    ]);
  });

  it.each(['runtime', 'bootstrap'] as const)(
    'catches up with it at a register by a %s token, until the first beat, however old the process',
    async (kind) => {
      const { id, token } = await withToken(kind, 4);
      const answer = await register(token, { id, boot_id: 'b1' });
      expect(answer.status).toBe(200);
      expect(await openOf(id)).toEqual({ token_version: 4, bootstrap_open: true, lasts: true });
      expect((await heartbeat(answer.body.auth_token, id, { uptime_seconds: 86_400 })).status).toBe(200);
      expect(await openOf(id)).toMatchObject({ bootstrap_open: false });
    },
  );

  it.each([
    ['an older version', 2, 1],
    ['an older generation, though of a newer version', 9, 1, 2],
    ['a newer generation, which only EC2 can prove', 9, 2],
  ])('stays as it is for %s', async (_, ver, gen, rowGeneration = 1) => {
    const { id, token } = await withToken('runtime', ver, gen);
    await changeRow(id, { generation: rowGeneration });
    expect((await heartbeat(token, id)).status).toBe(401);
    expect((await register(token, { id })).status).toBe(401);
    expect(await rowOf(id)).toMatchObject({ token_version: 3, bootstrap_open: false });
    expect(await toldOf(id, 'registry_behind')).toEqual([]);
  });

  it('catches up once, and tells once, of two calls at once', async () => {
    const { id } = await withToken('runtime', 5);
    const input = { claims: { sub: id, gen: 1, ver: 5, kind: 'runtime' }, requestId: 'r' } as const;
    const late = await behind(
      (transactionId) => database.run(catchUpToken, input, transactionId),
      () => database.run(catchUpToken, input),
    );
    expect(late).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ token_version: 5 });
    expect(await toldOf(id, 'registry_behind')).toHaveLength(1);
  });

  it('answers a runtime of a removed workspace that it is removed', async () => {
    const { id, token } = await withToken('runtime', 5);
    await transition(id, 'remove', 'removed', 'terminate');
    expect((await heartbeat(token, id)).status).toBe(410);
    expect(await rowOf(id)).toMatchObject({ status: 'removed' });
  });
});

describe('a launch that EC2 answers with an instance', () => {
  it.each([
    ['that it launched long before it was asked', '-301 seconds', 1],
    ['that it launched when it was asked, by another clock', '-299 seconds', 0],
    ['that it launched after it was asked', '20 minutes', 0],
    ['of which it does not say when it launched it', null, 0],
  ])('%s tells so: %s, %i times', async (_, offset, times) => {
    const { id } = await makeWorkspace();
    await changeRow(id, { instance_id: null, ec2_op: 'launch' });
    await sql('UPDATE workspaces SET ec2_op_asked_at = now() WHERE id = :id::uuid', { id });
    const [row] = await sql(
      `SELECT to_char((ec2_op_asked_at + :offset::text::interval) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
       FROM workspaces WHERE id = :id::uuid`,
      { id, offset },
    );
    const launchedAt = row?.['at'] === null ? undefined : String(row?.['at']);
    const instance = { instanceId: newInstanceId(), zone: null, stoppable: true, launchedAt };
    const input = { workspaceId: id, generation: 1, instance, actor: 'test', requestId: 'r' };
    await store.finaliseLaunch(input);
    await store.finaliseLaunch(input);
    const told = await toldOf(id, 'registry_behind');
    expect(told).toHaveLength(times);
    if (times > 0) {
      expect(told).toMatchObject([{ reason: 'older_launch', instance_id: instance.instanceId, actor: 'test' }]);
    }
  });

  it('does not tell so once it is recorded, whatever EC2 is asked for later', async () => {
    const { id, instanceId } = await makeWorkspace();
    await changeRow(id, { ec2_op: 'reboot' });
    await sql('UPDATE workspaces SET ec2_op_asked_at = now() WHERE id = :id::uuid', { id });
    const instance = { instanceId, zone: null, stoppable: true, launchedAt: '2026-01-01T00:00:00Z' };
    await store.finaliseLaunch({ workspaceId: id, generation: 1, instance, actor: 'test', requestId: 'r' });
    expect(await toldOf(id, 'registry_behind')).toEqual([]);
  });
});
