/** Everything that is counted: the closed list of metrics, each a counter. */
export const COUNTERS = [
  'ReconcileInvokeFailed',
  'ConvergeInvokeFailed',
  // A plan could not be handed over, since its links could not be signed.
  'ArtefactLinksFailed',
  'OrphanAlarm',
  'OrphansHeld',
  // Workspaces whose lease has run out, too many together to be believed.
  'LeasesHeld',
  // A missing LivenessRuns is what its alarm waits for.
  'LivenessRuns',
  // A missing SweepsCompleted is what its alarm waits for; the others are what a sweep had to leave.
  'SweepsCompleted',
  'SweepBacklog',
  'SweepCallsThrottled',
  'AbsencesHeld',
  // What the history tells: lib/domain/events.ts says which event counts to which.
  'WorkspacesCreated',
  'WorkspacesOnline',
  'WorkspacesDegraded',
  'WorkspacesFailed',
  'NewBoots',
  'BootsTimedOut',
  'LeasesExpired',
  'InstancesGone',
  'InstancesStopped',
  'InstancesLaunched',
  'InstancesRestarted',
  'InstancesAdopted',
  'LaunchesUnknown',
  'PersistenceFailed',
  'OperationsRefused',
  'OperationsUnknown',
  'OrphansTerminated',
  'InterruptionsWarned',
  'RebalancesRecommended',
  'PluginsFailed',
  'PluginsDrifted',
] as const;

export type Counter = (typeof COUNTERS)[number];

/** Adds to a metric; 0 writes nothing. */
export type Count = (counter: Counter, value?: number) => void;
