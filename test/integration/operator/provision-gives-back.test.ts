import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { provisionRequest } from '../../../functions/provision/schema.ts';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import { comeDue, owedOf, provisionWith } from '../../support/converge.ts';
import { store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

const request = provisionRequest({ allowLoopbackSources: true }).parse({ name: 'n', runtime: 'r' });

describe('a provisioning that is repeated with its key, where something else is owed by now', () => {
  it('leaves that to converge at once, without its lease', async () => {
    const key = randomUUID();
    const by = { actor: 'test', requestId: key };
    const unanswered = provisionWith({
      finaliseLaunch: async () => {
        throw new StoreUnavailable('no answer');
      },
    });
    await unanswered.provision(key, request, by).catch(() => undefined);
    const [made] = await sql('SELECT workspace_id::text AS id FROM idempotency_keys WHERE key = :key::text', { key });
    const id = String(made?.['id']);
    await store.commandWorkspace({ workspaceId: id, command: 'pause', replace: false, ...by });
    await comeDue(id);
    await provisionWith().provision(key, request, by);
    expect(await owedOf(id)).toMatchObject({ status: 'paused', op: 'stop', leased: null });
  });

  it('and that converge has claimed first, is answered with what the workspace is now, not what it was', async () => {
    const key = randomUUID();
    const by = () => ({ actor: 'test', requestId: randomUUID() });
    const refused = provisionWith({ finaliseLaunch: async () => undefined });
    await refused.provision(key, request, by()).catch(() => undefined);
    const claimedFirst = provisionWith({ claimOperations: async () => [] });
    const again = await claimedFirst.provision(key, request, by());
    expect(again).toMatchObject({ status: 201, body: { status: 'provisioning', instance_id: null } });
    expect(await owedOf(again.body.id)).toMatchObject({ status: 'provisioning', op: 'launch' });
  });
});
