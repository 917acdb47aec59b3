/**
 * What one metric is. counter: added up. gauge: how it stands, the newest value of a minute counts. timing: how long
 * each of many took. `meaning`: one line, for the dashboard and the runbook.
 */
type Metric =
  | { readonly kind: 'counter'; readonly unit: 'Count'; readonly meaning: string }
  | { readonly kind: 'gauge'; readonly unit: 'Count' | 'Seconds'; readonly meaning: string }
  | { readonly kind: 'timing'; readonly unit: 'Seconds' | 'Milliseconds'; readonly meaning: string };

const counter = <const Meaning extends string>(meaning: Meaning) =>
  ({ kind: 'counter', unit: 'Count', meaning }) as const;
const gauge = <const Unit extends 'Count' | 'Seconds'>(unit: Unit, meaning: string) =>
  ({ kind: 'gauge', unit, meaning }) as const;
const timing = <const Unit extends 'Seconds' | 'Milliseconds'>(unit: Unit, meaning: string) =>
  ({ kind: 'timing', unit, meaning }) as const;

/**
 * The closed list of metrics. Each has one dimension, the service, so each is one series; CloudWatch takes about $0.30
 * a month for one that has data in every hour, and less for those that are seldom told.
 */
export const METRICS = {
  // How the fleet stands, told by liveness once a minute.
  FleetProvisioning: gauge('Count', 'workspaces whose instance is on its way'),
  FleetOnline: gauge('Count', 'workspaces that are there and well'),
  FleetDegraded: gauge('Count', 'workspaces that are there and unwell, or silent for one lease'),
  FleetOffline: gauge('Count', 'workspaces that are gone, stopped or silent'),
  FleetPaused: gauge('Count', 'workspaces that an operator has paused'),
  FleetHibernated: gauge('Count', 'workspaces that sleep'),
  FleetFailed: gauge('Count', 'workspaces that were given up'),
  SweepAge: gauge('Seconds', 'since a sweep last came to its end'),
  SweepBacklog: gauge('Count', 'workspaces that the last sweep had no time for'),
  AbsencesHeld: gauge('Count', 'absent instances that the brake made wait in the last sweep'),
  LeasesHeld: gauge('Count', 'workspaces whose lease has run out, too many together to be believed'),
  ReconcilesOwed: gauge('Count', 'live workspaces that wait for a reconcile'),
  ReconcileLag: gauge('Seconds', 'how long the oldest of them has waited'),
  OperationsOwed: gauge('Count', 'workspaces that owe EC2 an operation'),
  OperationLag: gauge('Seconds', 'by how much the oldest of them is overdue'),
  HintsWaiting: gauge('Count', 'hints of EC2 that were not answered yet'),

  // A missing one is what its alarm waits for.
  LivenessRuns: counter('runs of liveness that came to their end'),
  SweepsCompleted: counter('sweeps that came to their end without a failure'),
  ReconcileRuns: counter('scheduled runs of reconcile that came to their end'),
  ConvergeRuns: counter('scheduled runs of converge that came to their end'),
  ArchiveRuns: counter('scheduled runs of archive that came to their end'),
  OrphanRuns: counter('scheduled runs of orphans that came to their end'),

  // What the registry had to leave, or could not do.
  ReconcileInvokeFailed: counter('asynchronous invokes of reconcile that failed; its schedule finds them'),
  ConvergeInvokeFailed: counter('asynchronous invokes of converge that failed; its schedule finds them'),
  ArtefactLinksFailed: counter('plans that were not handed over, since their links could not be signed'),
  SweepCallsThrottled: counter('calls of the sweep that EC2 throttled'),
  OrphanAlarm: counter('instances of ours that no row explains, and terminations that EC2 refused'),
  OrphansHeld: counter('orphans that were not ended, since they were too many at once'),
  AuthenticationFailures: counter('calls of runtimes without a right token'),
  DatabaseUnavailable: counter('database calls that were given up'),
  DatabaseResuming: counter('tries that met a cluster that was still waking up'),
  DatabaseDeadlocks: counter('tries that lost a deadlock'),
  DatabaseThrottled: counter('tries that the Data API throttled'),
  DatabaseCallTime: timing('Milliseconds', 'how long each database call of a job took, its tries included'),

  // What becomes of old events.
  EventsArchived: counter('events that were moved to the archive'),
  EventMonthsDropped: counter('months of events that the archive alone has from now on'),
  ArchiveMonthsHomeless: counter('months of events older than what is kept, for which there is no archive'),
  ArchiveMonthsBusy: counter('archived months that were not dropped, since their table was in use'),
  ArchiveMonthsUnproved: counter('months that were not dropped, since the archive is not known to have them whole'),

  // A registry that was restored from a backup is behind what its instances and runtimes know.
  RegistryRestored: counter('workspaces that were found to be behind their own instance or token'),

  // What the history tells: lib/domain/events.ts says which event counts to which.
  WorkspacesCreated: counter('workspaces that were created'),
  WorkspacesOnline: counter('workspaces that came online'),
  WorkspacesDegraded: counter('workspaces that reported themselves unwell'),
  WorkspacesFailed: counter('workspaces that were given up'),
  ProvisioningTime: timing('Seconds', 'from the start of provisioning to online'),
  NewBoots: counter('runtimes that registered with a new boot while online'),
  BootsTimedOut: counter('boots that were not heard of in their time'),
  LeasesExpired: counter('flips since a lease ran out'),
  InstancesGone: counter('flips since EC2 showed the instance terminated'),
  InstancesAbsent: counter('flips since EC2 no longer named the instance, with the full proof'),
  InstancesStopped: counter('flips since EC2 showed the instance stopped'),
  InstancesLaunched: counter('instances that were launched'),
  InstancesRestarted: counter('instances that were started or rebooted'),
  InstancesAdopted: counter('instances that a row had lost and was given back'),
  LaunchesUnknown: counter('launches of which EC2 did not say whether they took place'),
  PersistenceFailed: counter('instances that were launched and could not be recorded'),
  OperationsRefused: counter('operations that EC2 refused'),
  OperationsUnknown: counter('operations of which EC2 did not say whether they took place'),
  OrphansTerminated: counter('superseded instances that were ended'),
  InterruptionsWarned: counter('warnings that EC2 will take a Spot instance back'),
  RebalancesRecommended: counter('warnings that a Spot instance is likelier to be taken back'),
  PluginsFailed: counter('plugins that a runtime could not install'),
  PluginsDrifted: counter('plugins that were lost or changed behind our back'),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

type NamesOf<Kind extends Metric['kind']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

export type Counter = NamesOf<'counter'>;
export type Gauge = NamesOf<'gauge'>;
export type Timing = NamesOf<'timing'>;

/** Adds to a metric; 0 writes nothing. */
export type Count = (counter: Counter, value?: number) => void;

/** Tells how things stand, all of it together; 0 is told too. Each in its metric's unit. */
export type Measure = (values: Readonly<Partial<Record<Gauge, number>>>) => void;

/** Tells how long each of many took, in the metric's unit; none writes nothing. */
export type Time = (timing: Timing, values: readonly number[]) => void;
