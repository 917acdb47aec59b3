import { afterEach, describe, expect, it } from 'vitest';
import { makeWorkspace, rowOf } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';
import { convergesOf, order } from './ordering.ts';

afterEach(() => {
  shared.now.lambda.refuses = false;
});

describe('a runtime that speaks after a command', () => {
  it.each([
    ['pause', 409, 'workspace_paused'],
    ['hibernate', 409, 'workspace_hibernated'],
    ['remove', 410, 'workspace_removed'],
  ])('of %s is answered %i %s', async (command, status, code) => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    await order(command, made.id);
    expect(await heartbeat(token, made.id)).toMatchObject({ status, body: { code } });
  });

  it('does not undo the restart that will end it', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    await order('restart', made.id);
    expect(await heartbeat(token, made.id, { uptime_seconds: 5000 })).toMatchObject({
      status: 200,
      body: { workspace_status: 'provisioning' },
    });
    expect(await rowOf(made.id)).toMatchObject({ status: 'provisioning', ec2_op: 'reboot' });
  });
});

describe('converge', () => {
  it('is asked once the command is committed, and again by a repeat while something is owed', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    await order('pause', id);
    expect(convergesOf(id)).toBe(1);
    await order('pause', id);
    expect(convergesOf(id)).toBe(2);
    await sql('UPDATE workspaces SET ec2_op = NULL, ec2_next_at = NULL WHERE id = :id::uuid', { id });
    await order('pause', id);
    expect(convergesOf(id)).toBe(2);
  });

  it.each(['resume', 'reissue-token'])('is not asked by %s where nothing is owed, or nothing done', async (command) => {
    const { id } = await makeWorkspace({ status: 'failed' });
    await order(command, id);
    expect(convergesOf(id)).toBe(0);
  });

  it('is not asked by a command that is refused', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    await order('pause', id);
    expect((await order('restart', id)).status).toBe(409);
    expect(convergesOf(id)).toBe(1);
  });

  it('that cannot be asked fails no command: its schedule finds what is owed', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    shared.now.lambda.refuses = true;
    expect(await order('pause', id)).toMatchObject({ status: 202, body: { changed: true, owed_operation: 'stop' } });
  });
});
