import { LIVING_STATES } from '../../../lib/domain/orphan-listing.ts';
import type { Ec2Instance } from '../registry/instances.ts';
import type { RegistryRow } from '../registry/records.ts';

/** The registry and EC2 as they were read together. */
export type Sight = {
  readonly registryId: string;
  readonly rows: readonly RegistryRow[];
  readonly instances: readonly Ec2Instance[];
};

/** Something that is not as it must be; `workspaceId` null: no workspace is known to be concerned. */
export type Disagreement = { readonly workspaceId: string | null; readonly what: string };

const living: readonly string[] = LIVING_STATES;
const isLiving = ({ state }: Ec2Instance): boolean => living.includes(state);

/** Where the registry and EC2, or the registry's own tables, do not say the same. None, once all schedules have run. */
export function disagreements({ registryId, rows, instances }: Sight): Disagreement[] {
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  return [
    ...instances.filter(isLiving).flatMap((instance) => ownership(instance, registryId, rows)),
    ...rows.flatMap((row) => ofRow(row, byId).map((what) => ({ workspaceId: row.id, what }))),
    ...sharedNumbers(rows),
  ];
}

/** What lives belongs to exactly one row, which believes in it and has its generation. */
function ownership(instance: Ec2Instance, registryId: string, rows: readonly RegistryRow[]): Disagreement[] {
  const { id, state, workspaceId, generation } = instance;
  const say = (what: string) => [{ workspaceId, what: `${id} (${state}, generation ${generation}) ${what}` }];
  if (instance.registryId !== registryId) return say('bears no tag of this registry');
  const owners = rows.filter((row) => row.instance_id === id);
  const [owner] = owners;
  if (owner === undefined) return say('is in no row');
  if (owners.length > 1) return say(`is in ${owners.length} rows`);
  if (owner.id !== workspaceId) return say(`is in the row of ${owner.id}`);
  if (String(owner.generation) !== generation) return say(`is in a row of generation ${owner.generation}`);
  return [];
}

function ofRow(row: RegistryRow, byId: ReadonlyMap<string, Ec2Instance>): string[] {
  const { status, instance_id, previous_instance_id, ec2_op } = row;
  const instance = instance_id === null ? undefined : byId.get(instance_id);
  const found: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(`${status}: ${what}`);
  };
  must(ec2_op === null, `owes ${ec2_op}`);
  must(!row.leased, 'is held by somebody');
  must(previous_instance_id === null, `has ${previous_instance_id} as its previous instance`);
  must(row.generation === row.beat_generation, `is of generation ${row.generation}, beats of ${row.beat_generation}`);
  const state = instance?.state ?? 'unknown to EC2';
  must(instance_id === null || (instance !== undefined && isLiving(instance)), `believes in ${instance_id}: ${state}`);
  switch (status) {
    case 'removed':
      must(instance_id === null, `has ${instance_id}`);
      break;
    case 'paused':
    case 'hibernated':
      must(instance_id === null || state === 'stopped', `${instance_id} is ${state}`);
      break;
    case 'online':
      must(state === 'running', `${instance_id} is ${state}`);
      must(row.in_lease, 'has not beaten in its lease');
      break;
    case 'provisioning':
      must(row.stopped_by === 'user' && state === 'stopped', `no boot is under way, and ${instance_id} is ${state}`);
      break;
    case 'offline':
      must(instance_id !== null || row.restart_policy === 'never', 'has lost its instance, and no launch is owed');
      break;
    case 'degraded':
      must(state === 'running', `${instance_id} is ${state}`);
      break;
    case 'failed':
      break;
  }
  return found;
}

/** One idempotency key makes one workspace. */
function sharedNumbers(rows: readonly RegistryRow[]): Disagreement[] {
  return [...Map.groupBy(rows, ({ number }) => number)].flatMap(([number, sharing]) =>
    sharing.length === 1
      ? []
      : sharing.map(({ id }) => ({
          workspaceId: id,
          what: `is one of ${sharing.length} made for key storm-${number}`,
        })),
  );
}
