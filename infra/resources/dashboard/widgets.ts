import type { MetricName } from '../../../lib/domain/metrics.ts';
import { DEPLOYED, logicalNameOf } from '../functions.ts';

/** One widget. `ours`: metrics of lib/domain/metrics.ts. `aws`: rows as CloudWatch has them. */
export type Widget = {
  readonly title: string;
  readonly stat: 'Sum' | 'Maximum' | 'Average' | 'p99';
  readonly ours?: readonly MetricName[];
  /** Metrics of ours by another statistic. */
  readonly other?: Readonly<Partial<Record<MetricName, string>>>;
  readonly aws?: readonly (readonly string[])[];
};

const ofFunctions = (metric: string) =>
  DEPLOYED.map(({ name }) => ['AWS/Lambda', metric, 'FunctionName', `\${${logicalNameOf(name)}LambdaFunction}`]);
const ofApi = (metric: string) => ['AWS/ApiGateway', metric, 'ApiId', `\${HttpApi}`];
const ofCluster = (metric: string) => ['AWS/RDS', metric, 'DBClusterIdentifier', `\${Cluster}`];
const waitingIn = (queue: string) => [
  'AWS/SQS',
  'ApproximateNumberOfMessagesVisible',
  'QueueName',
  `\${${queue}.QueueName}`,
];

/** What the dashboard shows, by the questions that it answers: every metric of ours, and AWS's beside them. */
export const WIDGETS: readonly Widget[] = [
  {
    title: 'The fleet by status',
    stat: 'Maximum',
    ours: [
      'FleetOnline',
      'FleetDegraded',
      'FleetOffline',
      'FleetProvisioning',
      'FleetPaused',
      'FleetHibernated',
      'FleetFailed',
    ],
  },
  {
    title: 'Flips, by what proved them',
    stat: 'Sum',
    ours: ['InstancesGone', 'InstancesAbsent', 'InstancesStopped', 'LeasesExpired', 'WorkspacesDegraded'],
  },
  { title: 'Held by the brake', stat: 'Maximum', ours: ['AbsencesHeld', 'LeasesHeld', 'OrphansHeld'] },
  {
    title: 'Comings, and what came to nothing',
    stat: 'Sum',
    ours: ['WorkspacesCreated', 'WorkspacesOnline', 'NewBoots', 'BootsTimedOut', 'WorkspacesFailed'],
  },
  {
    title: 'Provisioning to online (s): half of them, the longest',
    stat: 'Maximum',
    ours: ['ProvisioningTime'],
    other: { ProvisioningTime: 'p50' },
  },
  {
    title: 'Restarts and EC2',
    stat: 'Sum',
    ours: [
      'InstancesLaunched',
      'InstancesRestarted',
      'LaunchesUnknown',
      'OperationsRefused',
      'OperationsUnknown',
      'PersistenceFailed',
    ],
  },
  { title: 'Age of the last sweep (s)', stat: 'Maximum', ours: ['SweepAge'] },
  { title: 'What a sweep left', stat: 'Maximum', ours: ['SweepBacklog', 'SweepCallsThrottled'] },
  {
    title: 'Owed',
    stat: 'Maximum',
    ours: ['ReconcilesOwed', 'OperationsOwed', 'HintsWaiting'],
  },
  { title: 'How long the oldest has waited (s)', stat: 'Maximum', ours: ['ReconcileLag', 'OperationLag'] },
  {
    title: 'Plugins and hand-over',
    stat: 'Sum',
    ours: ['PluginsFailed', 'PluginsDrifted', 'ArtefactLinksFailed', 'ReconcileInvokeFailed', 'ConvergeInvokeFailed'],
  },
  {
    title: 'Runs that came to their end',
    stat: 'Sum',
    ours: ['SweepsCompleted', 'LivenessRuns', 'ReconcileRuns', 'ConvergeRuns', 'OrphanRuns', 'ArchiveRuns'],
  },
  {
    title: 'The history and its archive',
    stat: 'Sum',
    ours: [
      'EventsArchived',
      'EventMonthsDropped',
      'ArchiveMonthsHomeless',
      'ArchiveMonthsBusy',
      'ArchiveMonthsUnproved',
      'RegistryRestored',
    ],
  },
  {
    title: 'Orphans and warnings of EC2',
    stat: 'Sum',
    ours: ['OrphanAlarm', 'OrphansTerminated', 'InstancesAdopted', 'InterruptionsWarned', 'RebalancesRecommended'],
  },
  {
    title: 'Calls of jobs to the database (ms): half of them, the longest',
    stat: 'Maximum',
    ours: ['DatabaseCallTime'],
    other: { DatabaseCallTime: 'p50' },
  },
  {
    title: 'Trouble with the database',
    stat: 'Sum',
    ours: ['DatabaseUnavailable', 'DatabaseResuming', 'DatabaseDeadlocks', 'DatabaseThrottled'],
  },
  {
    title: 'Capacity and connections of the database',
    stat: 'Maximum',
    aws: [ofCluster('ServerlessDatabaseCapacity'), ofCluster('ACUUtilization'), ofCluster('DatabaseConnections')],
  },
  { title: 'Calls', stat: 'Sum', aws: [ofApi('Count'), ofApi('4xx'), ofApi('5xx')], ours: ['AuthenticationFailures'] },
  {
    title: 'Heartbeats past API Gateway',
    stat: 'Sum',
    aws: ['UrlRequestCount', 'Url4xxCount', 'Url5xxCount'].map((metric) => [
      ...['AWS/Lambda', metric, 'FunctionName', `\${HeartbeatLambdaFunction}`],
    ]),
  },
  { title: 'Time to an answer (ms)', stat: 'p99', aws: [ofApi('Latency'), ofApi('IntegrationLatency')] },
  { title: 'Errors of functions', stat: 'Sum', aws: ofFunctions('Errors') },
  { title: 'Throttled functions', stat: 'Sum', aws: ofFunctions('Throttles') },
  { title: 'Time of functions (ms)', stat: 'p99', aws: ofFunctions('Duration') },
  { title: 'At once', stat: 'Maximum', aws: ofFunctions('ConcurrentExecutions') },
  {
    title: 'Dead letters',
    stat: 'Maximum',
    aws: [waitingIn('DeadLetterQueue'), waitingIn('EventDeadLetterQueue')],
  },
];
