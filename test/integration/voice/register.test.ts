import { describe, expect, it } from 'vitest';
import { makeWorkspace, rowOf } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

describe('register', () => {
  it.each([
    ['the same boot_id', 'b1'],
    ['no boot_id', undefined],
  ])('while online with %s is no new boot', async (_, boot_id) => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1' });
    await register(token, { id: made.id, boot_id });
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, boot_id: 'b1' });
  });

  it('with the first boot_id after none is no new boot', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await register(token, { id: made.id });
    await register(token, { id: made.id, boot_id: 'b1' });
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, boot_id: 'b1' });
  });

  it('gives racing callers, and one who asks again, the same token', async () => {
    const made = await makeWorkspace();
    const bootstrap = await made.token('bootstrap');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => register(bootstrap, { id: made.id, boot_id: 'b1' })),
    );
    expect(new Set(answers.map(({ body }) => body.auth_token)).size).toBe(1);
  });

  it('closes the bootstrap token only with the first heartbeat of its boot', async () => {
    const made = await makeWorkspace();
    const bootstrap = await made.token('bootstrap');
    const first = await register(bootstrap, { id: made.id, boot_id: 'b1' });
    expect((await register(bootstrap, { id: made.id, boot_id: 'b1' })).status).toBe(200);
    await heartbeat(first.body.auth_token, made.id);
    expect((await register(bootstrap, { id: made.id, boot_id: 'b1' })).status).toBe(401);
  });

  it('stores what the runtime says of itself, and keeps it when a later register leaves it out', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    const told = { url: 'http://10.0.0.1', agent_version: '2.1', capabilities: ['status_mgmt'], agent_card: { a: 1 } };
    await register(token, { id: made.id, boot_id: 'b1', ...told, an_unknown_key: true });
    await register(token, { id: made.id, boot_id: 'b1' });
    const [row] = await sql(
      'SELECT url, agent_version, capabilities::text, agent_card::text FROM workspaces WHERE id = :id::uuid',
      { id: made.id },
    );
    expect(row).toEqual({
      url: told.url,
      agent_version: '2.1',
      capabilities: '["status_mgmt"]',
      agent_card: '{"a": 1}',
    });
  });
});
