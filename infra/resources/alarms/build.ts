import * as z from 'zod';
import { NO_VALUE, ref, type Value, when } from '../cloudformation.ts';
import { rate } from '../rate.ts';
import type { Framework } from '../service.ts';
import type { Alarm, AwsMetric, Period, Watched } from './alarm.ts';
import { ALARMS } from './alarms.ts';

/** What every metric of ours is told by: the dimension `service`, which is the stack. */
export const OURS = { namespace: 'Muster', service: `\${self:service}-\${sls:stage}` } as const;

/** How often a stage's schedules run, in seconds. */
type Pace = { readonly schedule: number; readonly orphans: number };

/**
 * The alarms as CloudFormation has them. What liveness tells, and what is missing, is looked at as often as the stage's
 * schedules run: a stage that runs them seldom, so that its database can pause, is not in alarm for it.
 */
export async function alarms({ resolveVariable }: Framework): Promise<Record<string, Value>> {
  const pace = {
    schedule: rate.parse(await resolveVariable('param:schedule-rate')),
    orphans: rate.parse(await resolveVariable('param:orphans-rate')),
  };
  const runbook = z.string().parse(await resolveVariable("param:runbook-url, 'infra/runbook.md'"));
  return Object.fromEntries(
    Object.entries<Alarm>(ALARMS).map(([name, alarm]) => [
      `${name}Alarm`,
      {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmDescription: `${alarm.meaning} ${runbook}#${name.toLowerCase()}`,
          ...watching(alarm, pace),
          EvaluationPeriods: alarm.periods,
          ...limitOf(alarm, pace),
          ...warmUpOf(alarm, pace),
          AlarmActions: TOPIC,
          OKActions: TOPIC,
        },
      },
    ]),
  );
}

const TOPIC = when('HasAlarmTopic', [ref('AlarmTopicArn')], NO_VALUE);

function limitOf({ atLeast, lessThan, orThreeRuns }: Alarm, { schedule }: Pace): Record<string, Value> {
  if (lessThan !== undefined) {
    return { Threshold: lessThan, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' };
  }
  const threshold = Math.max(atLeast ?? 1, orThreeRuns === true ? 3 * schedule : 0);
  return {
    Threshold: threshold,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  };
}

/** In minutes: as long as CloudWatch lets an alarm wait for its first data, and as a first deployment goes on after it. */
const [LONGEST_WARM_UP, DEPLOYMENT] = [2_880, 30];

/** At a first deployment no run has been due yet, which is no reason to call anybody. Ends when there is data enough. */
function warmUpOf({ lessThan, period, periods }: Alarm, pace: Pace): Record<string, Value> {
  if (lessThan === undefined) return {};
  const minutes = DEPLOYMENT + (secondsOf(period, pace) * periods) / 60;
  return { WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: Math.min(LONGEST_WARM_UP, minutes) } };
}

const secondsOf = (period: Period, pace: Pace): number => (typeof period === 'number' ? period : pace[period]);

function watching({ watches, statistic, period }: Alarm, pace: Pace): Record<string, Value> {
  const Period = secondsOf(period, pace);
  if (!('percent' in watches)) return { ...metricOf(watches), Statistic: statistic, Period };
  const part = (Id: string, metric: AwsMetric): Value => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: ofAws(metric), Period, Stat: statistic },
  });
  const Expression = `IF(whole < ${watches.notBelow}, 0, 100 * part / whole)`;
  return {
    Metrics: [part('part', watches.percent), part('whole', watches.of), { Id: 'share', Expression, ReturnData: true }],
  };
}

function metricOf(watched: Exclude<Watched, { percent: AwsMetric }>): Record<string, Value> {
  if ('aws' in watched) return ofAws(watched.aws);
  const Dimensions = [{ Name: 'service', Value: OURS.service }];
  return { Namespace: OURS.namespace, MetricName: watched.ours, Dimensions };
}

function ofAws({ namespace, name, dimensions }: AwsMetric): Record<string, Value> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Namespace: namespace, MetricName: name, Dimensions };
}
