import { getAtt, ref } from '../cloudformation.ts';
import type { Alarm, AwsMetric } from './alarm.ts';

const EACH_MINUTE = { period: 60, periods: 1 } as const;

/** Something that should not happen at all. */
const once = { statistic: 'Sum', ...EACH_MINUTE, atLeast: 1 } as const;

/** Something that a daily run should not find. */
const onceADay = { ...once, period: 86_400 } as const;

/** How something stands, as liveness tells it at each of its runs. */
const standing = { statistic: 'Maximum', period: 'schedule' } as const;

/** A run that did not come to its end, or did not begin. */
const missing = { statistic: 'Sum', period: 'schedule', periods: 5, lessThan: 1 } as const;

const ofApi = (name: string): AwsMetric => ({
  namespace: 'AWS/ApiGateway',
  name,
  dimensions: { ApiId: ref('HttpApi') },
});

const ofHeartbeat = (name: string): AwsMetric => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: ref('HeartbeatLambdaFunction') },
});

const waitingIn = (queue: string): AwsMetric => ({
  namespace: 'AWS/SQS',
  name: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName: getAtt(queue, 'QueueName') },
});

/** A cluster's ARN ends with its name: arn:aws:rds:<Region>:<account>:cluster:<name>. */
export const CLUSTER_NAME = { 'Fn::Select': [6, { 'Fn::Split': [':', `\${self:custom.data.cluster}`] }] };

/** Everything that an operator must act on, by name; infra/runbook.md has a section for each. */
export const ALARMS = {
  WorkspacesFailed: {
    ...{ watches: { ours: 'WorkspacesFailed' }, ...once },
    meaning: 'A workspace was given up, and stays so until an operator or a late register.',
  },
  PersistenceFailed: {
    ...{ watches: { ours: 'PersistenceFailed' }, ...once },
    meaning: 'An instance was launched and could not be recorded; its end was asked for.',
  },
  OrphansFound: {
    // Each run tells of it anew: looked for more often, one instance would be an alarm, and none, at every run.
    ...{ watches: { ours: 'OrphanAlarm' }, ...once, period: 'orphans' },
    meaning:
      'EC2 has instances of ours that no row explains, that are too many to end at once, or that it refuses to end.',
  },
  AbsencesHeld: {
    ...{ watches: { ours: 'AbsencesHeld' }, ...standing, periods: 1, atLeast: 1 },
    meaning: 'More instances are absent from EC2 than the brake lets go in one sweep.',
  },
  LeasesHeld: {
    ...{ watches: { ours: 'LeasesHeld' }, ...standing, periods: 1, atLeast: 1 },
    meaning:
      'So many workspaces of a zone, or of the fleet, are silent together that none of them is believed to be dead.',
  },
  SweepBacklog: {
    ...{ watches: { ours: 'SweepBacklog' }, ...standing, periods: 5, atLeast: 1 },
    meaning: 'Five times in a row no sweep has come through the fleet in its time.',
  },
  SweepThrottled: {
    // Only a run of the sweep tells of it: looked for more often than it runs, no two periods in a row would have one.
    ...{ watches: { ours: 'SweepCallsThrottled' }, ...once, period: 'schedule', periods: 10 },
    meaning: 'EC2 has throttled ten sweeps in a row.',
  },
  ReconcileLag: {
    ...{ watches: { ours: 'ReconcileLag' }, ...standing, periods: 3, atLeast: 1_800, orThreeRuns: true },
    meaning: 'A live workspace has waited for half an hour to have what is declared.',
  },
  OperationLag: {
    ...{ watches: { ours: 'OperationLag' }, ...standing, periods: 3, atLeast: 900, orThreeRuns: true },
    meaning: 'An operation that is owed to EC2 is overdue by a quarter of an hour.',
  },
  ArtefactLinksFailed: {
    // Each beat that should carry the plan tells of it anew.
    ...{ watches: { ours: 'ArtefactLinksFailed' }, ...once, period: 300 },
    meaning: 'A plan could not be handed to its runtime, since the links in it could not be signed.',
  },
  AuthenticationFailures: {
    ...{ watches: { ours: 'AuthenticationFailures' }, statistic: 'Sum', period: 300, periods: 1, atLeast: 300 },
    meaning: 'More than one call a second comes without a right token.',
  },
  LivenessMissing: {
    ...{ watches: { ours: 'LivenessRuns' }, ...missing },
    meaning:
      'Five runs of liveness in a row have not come to their end: silence, late boots and idleness are not found.',
  },
  SweepsMissing: {
    ...{ watches: { ours: 'SweepsCompleted' }, ...missing },
    meaning: 'Five sweeps in a row have not been completed: only heartbeats and events still tell of deaths.',
  },
  ReconcileMissing: {
    ...{ watches: { ours: 'ReconcileRuns' }, ...missing },
    meaning: 'Five scheduled runs of reconcile in a row have not come to their end: lost invokes are not made good.',
  },
  ConvergeMissing: {
    ...{ watches: { ours: 'ConvergeRuns' }, ...missing },
    meaning:
      'Five scheduled runs of converge in a row have not come to their end: what EC2 is owed is done late or not.',
  },
  OrphansMissing: {
    ...{ watches: { ours: 'OrphanRuns' }, ...missing, period: 'orphans', periods: 3 },
    meaning: 'Three runs of orphans in a row have not come to their end: instances without a row cost money unseen.',
  },
  ArchiveMissing: {
    ...{ watches: { ours: 'ArchiveRuns' }, ...missing, period: 86_400, periods: 2 },
    meaning: 'For two days no run of archive has come to its end: the history is neither kept nor made smaller.',
  },
  ArchiveHomeless: {
    ...{ watches: { ours: 'ArchiveMonthsHomeless' }, ...onceADay },
    meaning: 'Months of events are older than what is kept, and there is no archive that they could be moved to.',
  },
  ArchiveUnproved: {
    ...{ watches: { ours: 'ArchiveMonthsUnproved' }, ...onceADay },
    meaning: 'A month of events was not dropped, since the archive is not known to have it whole.',
  },
  ArchiveBusy: {
    ...{ watches: { ours: 'ArchiveMonthsBusy' }, ...onceADay, periods: 3 },
    meaning: 'For three days an archived month could not be dropped, since something holds its table.',
  },
  RegistryRestored: {
    ...{ watches: { ours: 'RegistryRestored' }, ...once, period: 300 },
    meaning: 'The registry is behind its own instances or tokens: it was put back from a backup, and catches up.',
  },
  DatabaseUnavailable: {
    ...{ watches: { ours: 'DatabaseUnavailable' }, statistic: 'Sum', period: 300, periods: 1, atLeast: 10 },
    meaning: 'Ten database calls were given up in five minutes; runtimes and operators were answered 503.',
  },
  DatabaseAtCapacity: {
    watches: {
      aws: { namespace: 'AWS/RDS', name: 'ACUUtilization', dimensions: { DBClusterIdentifier: CLUSTER_NAME } },
    },
    ...{ statistic: 'Maximum', period: 300, periods: 3, atLeast: 95 },
    meaning: 'The database has used all the capacity that it may have for a quarter of an hour.',
  },
  ApiErrors: {
    watches: { percent: ofApi('5xx'), of: ofApi('Count'), notBelow: 20 },
    ...{ statistic: 'Sum', period: 300, periods: 1, atLeast: 5 },
    meaning: 'One call in twenty was answered with an error of ours (5xx) for five minutes.',
  },
  HeartbeatUrlErrors: {
    watches: { percent: ofHeartbeat('Url5xxCount'), of: ofHeartbeat('UrlRequestCount'), notBelow: 20 },
    ...{ statistic: 'Sum', period: 300, periods: 1, atLeast: 5 },
    meaning: 'One heartbeat in twenty that came to the Function URL was answered with an error of ours (5xx).',
  },
  HeartbeatsThrottled: {
    ...{ watches: { aws: ofHeartbeat('Throttles') }, statistic: 'Sum', period: 300, periods: 1, atLeast: 100 },
    meaning: 'Lambda has turned a hundred heartbeats away in five minutes, since too many calls ran at once.',
  },
  DeadLetters: {
    ...{ watches: { aws: waitingIn('DeadLetterQueue') }, statistic: 'Maximum', period: 60, periods: 1, atLeast: 1 },
    meaning: 'A function failed at what it was asked to do; the request is kept.',
  },
  EventDeadLetters: {
    ...{
      watches: { aws: waitingIn('EventDeadLetterQueue') },
      statistic: 'Maximum',
      period: 60,
      periods: 1,
      atLeast: 1,
    },
    meaning: 'EventBridge could not deliver an event or a run of a schedule; it is kept.',
  },
} as const satisfies Readonly<Record<string, Alarm>>;
