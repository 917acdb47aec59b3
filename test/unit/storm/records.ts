import type { Ec2Instance } from '../../storm/registry/instances.ts';
import type { RegistryEvent, RegistryRow } from '../../storm/registry/records.ts';

const REGISTRY_ID = '01a1feb0-0000-7000-8000-00000000000a';
export const WORKSPACE_ID = '01a1feb0-0000-7000-8000-000000000001';
export const INSTANCE_ID = 'i-00000000000000001';

/** A workspace that is online on its instance and owes nothing. */
export const rowOf = (differences: Partial<RegistryRow> = {}): RegistryRow => ({
  id: WORKSPACE_ID,
  number: '0',
  status: 'online',
  status_reason: 'register',
  generation: 2,
  beat_generation: 2,
  token_version: 1,
  instance_id: INSTANCE_ID,
  previous_instance_id: null,
  restart_policy: 'on_instance_loss',
  stopped_by: null,
  ec2_op: null,
  ec2_op_asked_at: null,
  ec2_attempts: 0,
  ec2_next_at: null,
  leased: false,
  boot_asked_at: new Date('2026-01-01T00:00:00Z'),
  reconcile_owed: false,
  in_lease: true,
  ...differences,
});

/** The instance of that workspace. */
export const instanceOf = (differences: Partial<Ec2Instance> = {}): Ec2Instance => ({
  id: INSTANCE_ID,
  state: 'running',
  reason: null,
  registryId: REGISTRY_ID,
  workspaceId: WORKSPACE_ID,
  generation: '2',
  ...differences,
});

export const sightOf = (rows: readonly RegistryRow[], instances: readonly Ec2Instance[]) => ({
  registryId: REGISTRY_ID,
  rows,
  instances,
});

/** A status change of that workspace. */
export const changeOf = (differences: Partial<RegistryEvent>): RegistryEvent => ({
  id: 1,
  workspace_id: WORKSPACE_ID,
  at: new Date('2026-01-01T00:00:00Z'),
  event: 'created',
  from_status: null,
  to_status: 'provisioning',
  reason: 'created',
  evidence: {},
  owes: null,
  actor: 'test',
  request_id: null,
  generation: 1,
  instance_id: null,
  ...differences,
});
