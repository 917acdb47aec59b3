import { randomUUID } from 'node:crypto';
import { comeDue } from '../../support/converge.ts';
import { eventsOf, makeWorkspace, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

export const by = { actor: 'test', requestId: 'test' };

type Owed = 'launch' | 'reboot' | 'stop';

const WAY = {
  launch: ['restart', 'provisioning'],
  reboot: ['restart', 'provisioning'],
  stop: ['pause', 'paused'],
} as const satisfies Record<Owed, readonly [string, string]>;

/** A workspace whose owed operation one converge holds. */
export const claimed = async (operation: Owed) => {
  const { id, instanceId } = await makeWorkspace({ status: 'online' });
  const [event, to] = WAY[operation];
  await transition(id, event, to, operation);
  await comeDue(id);
  const lease = randomUUID();
  await store.claimOperations({ workspaceIds: [id], lease, leaseSeconds: 30, limit: 1 });
  const key = { workspace_id: id, generation: 1, operation, instance_id: instanceId };
  return { id, instanceId, lease, key };
};

/** All that the registry knows of a workspace. */
export const wholeOf = async (id: string) => ({
  rows: await sql(
    `SELECT to_jsonb(w)::text AS workspace, to_jsonb(h)::text AS heartbeat
     FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id WHERE w.id = :id::uuid`,
    { id },
  ),
  events: await eventsOf(id),
});
