import type { Counter } from './metrics.ts';
import type { TransitionEvent } from './status.ts';

/** Events that tell of something beside a status change. */
export const NOTICES = [
  'new_boot',
  'instance_launched',
  'instance_cleared',
  'instance_adopted',
  'registry_behind',
  'launch_unknown',
  'persistence_failed',
  'operation_asked',
  'operation_refused',
  'operation_unknown',
  'operation_done',
  'previous_instance_ended',
  'orphan_terminated',
  'interruption_warned',
  'rebalance_recommended',
  'token_reissued',
  'declared',
  'plan_made',
  'reconciled',
  'plugin_installed',
  'plugin_failed',
  'plugin_removed',
  'plugin_drifted',
] as const;

export type Notice = (typeof NOTICES)[number];

/** Every kind of event that a workspace's history can hold. */
export type EventKind = TransitionEvent | Notice;

/**
 * Who learns of an event, beside whoever reads the history: a metric, one metric or another by what EC2 said, a metric
 * whose alarm calls an operator (each stands in infra/resources), a line of the log, or nobody, for a reason.
 */
export type Consumer =
  | { readonly by: 'metric'; readonly metric: Counter }
  | { readonly by: 'verdict'; readonly metric: Counter; readonly absent: Counter }
  | { readonly by: 'alarm'; readonly metric: Counter }
  | { readonly by: 'log' }
  | { readonly by: 'nobody'; readonly because: string };

const ASKED_FOR = { by: 'nobody', because: 'an operator asked for it, and had the answer' } as const;
const ROUTINE = { by: 'nobody', because: 'it is a step on the way of what is counted when it fails' } as const;

/** Every event with who consumes it: one that is not declared here, or is no more, fails to compile. */
export const EVENTS = {
  created: { by: 'metric', metric: 'WorkspacesCreated' },
  register: { by: 'metric', metric: 'WorkspacesOnline' },
  beat_healthy: { by: 'metric', metric: 'WorkspacesOnline' },
  beat_unhealthy: { by: 'metric', metric: 'WorkspacesDegraded' },
  lease_expired: { by: 'metric', metric: 'LeasesExpired' },
  instance_gone: { by: 'verdict', metric: 'InstancesGone', absent: 'InstancesAbsent' },
  instance_stopped: { by: 'metric', metric: 'InstancesStopped' },
  boot_timed_out: { by: 'metric', metric: 'BootsTimedOut' },
  budget_spent: { by: 'alarm', metric: 'WorkspacesFailed' },
  launch_failed: { by: 'alarm', metric: 'WorkspacesFailed' },
  launched: { by: 'metric', metric: 'InstancesLaunched' },
  started: { by: 'metric', metric: 'InstancesRestarted' },
  rebooted: { by: 'metric', metric: 'InstancesRestarted' },
  restart: { by: 'nobody', because: 'an operator asked for it, or EC2 gave a warning, which is counted' },
  pause: ASKED_FOR,
  resume: ASKED_FOR,
  hibernate: { by: 'log' },
  wake: ASKED_FOR,
  remove: ASKED_FOR,
  new_boot: { by: 'metric', metric: 'NewBoots' },
  instance_launched: { by: 'metric', metric: 'InstancesLaunched' },
  instance_cleared: { by: 'nobody', because: 'the instance was no longer counted on' },
  instance_adopted: { by: 'metric', metric: 'InstancesAdopted' },
  registry_behind: { by: 'alarm', metric: 'RegistryRestored' },
  launch_unknown: { by: 'metric', metric: 'LaunchesUnknown' },
  persistence_failed: { by: 'alarm', metric: 'PersistenceFailed' },
  operation_asked: ROUTINE,
  operation_refused: { by: 'metric', metric: 'OperationsRefused' },
  operation_unknown: { by: 'metric', metric: 'OperationsUnknown' },
  operation_done: ROUTINE,
  previous_instance_ended: ROUTINE,
  orphan_terminated: { by: 'metric', metric: 'OrphansTerminated' },
  interruption_warned: { by: 'metric', metric: 'InterruptionsWarned' },
  rebalance_recommended: { by: 'metric', metric: 'RebalancesRecommended' },
  token_reissued: { by: 'log' },
  declared: ASKED_FOR,
  plan_made: ROUTINE,
  reconciled: ROUTINE,
  plugin_installed: ROUTINE,
  plugin_failed: { by: 'metric', metric: 'PluginsFailed' },
  plugin_removed: ROUTINE,
  plugin_drifted: { by: 'metric', metric: 'PluginsDrifted' },
} as const satisfies Record<EventKind, Consumer>;

/** Who consumes an event; undefined for one that only another version of the registry writes. */
export const consumerOf = (event: string): Consumer | undefined =>
  new Map<string, Consumer>(Object.entries(EVENTS)).get(event);
