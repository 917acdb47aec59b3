import type { Ec2Instance } from '../registry/instances.ts';
import type { RegistryRow } from '../registry/records.ts';
import type { Disagreement, Sight } from './agreement.ts';

const MOVING: readonly string[] = ['pending', 'stopping', 'shutting-down'];

/** What the schedules are still to change: while there is any, it is too early to compare. */
export function unsettled({ rows, instances }: Sight, killed: ReadonlyMap<string, Date>): Disagreement[] {
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  return [
    ...instances
      .filter(({ state }) => MOVING.includes(state))
      .map(({ id, state, workspaceId }) => ({ workspaceId, what: `${id} is ${state}` })),
    ...rows.flatMap((row) => whyOf(row, byId, killed).map((what) => ({ workspaceId: row.id, what }))),
  ];
}

function whyOf(row: RegistryRow, byId: ReadonlyMap<string, Ec2Instance>, killed: ReadonlyMap<string, Date>): string[] {
  const { status, instance_id } = row;
  const instance = instance_id === null ? undefined : byId.get(instance_id);
  const found: string[] = [];
  const when = (holds: boolean, what: string) => {
    if (holds) found.push(`${status}: ${what}`);
  };
  when(row.ec2_op !== null, `owes ${row.ec2_op}`);
  when(row.leased, 'is held by somebody');
  when(row.previous_instance_id !== null, 'its previous instance is to be ended');
  when(status === 'provisioning' && row.stopped_by !== 'user', 'boots');
  when(status === 'online' && !row.in_lease, 'its lease has run out');
  when(status === 'online' && row.reconcile_owed, 'a reconcile is owed');
  when(status === 'degraded' && row.status_reason === 'lease_expired', 'is silent');
  when(instance?.state === 'terminated', `${instance_id} is gone`);
  // A reissued token was handed to nobody here: the runtime has none that is good.
  const speaks = instance?.state === 'running' && row.token_version === 1 && !wasKilled(row, killed);
  when(speaks && (status === 'offline' || status === 'failed'), 'its runtime runs, and is not heard');
  return found;
}

/** Whether the process of its instance was killed, and EC2 has not agreed to boot it since. */
function wasKilled({ instance_id, boot_asked_at }: RegistryRow, killed: ReadonlyMap<string, Date>): boolean {
  const at = instance_id === null ? undefined : killed.get(instance_id);
  return at !== undefined && (boot_asked_at === null || boot_asked_at < at);
}
