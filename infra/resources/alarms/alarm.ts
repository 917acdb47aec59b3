import type { MetricName } from '../../../lib/domain/metrics.ts';
import type { Value } from '../cloudformation.ts';

/** A metric that AWS itself measures. */
export type AwsMetric = {
  readonly namespace: 'AWS/ApiGateway' | 'AWS/Lambda' | 'AWS/RDS' | 'AWS/SQS';
  readonly name: string;
  readonly dimensions: Readonly<Record<string, Value>>;
};

/** What is looked at: a metric of ours, one of AWS's, or the percentage that one of AWS's is of another. */
export type Watched =
  | { readonly ours: MetricName }
  | { readonly aws: AwsMetric }
  | { readonly percent: AwsMetric; readonly of: AwsMetric; readonly notBelow: number };

/** Seconds, or as often as a schedule runs. */
export type Period = number | 'schedule' | 'orphans';

/** What an operator must act on. It is one when `periods` periods in a row are so. */
export type Alarm = {
  readonly watches: Watched;
  readonly statistic: 'Sum' | 'Maximum';
  readonly period: Period;
  readonly periods: number;
  /** At least so much is an alarm; in seconds `orThreeRuns`, where a stage's schedule runs more seldom than that. */
  readonly atLeast?: number;
  readonly orThreeRuns?: true;
  /** Less than this is an alarm, and so is nothing at all. */
  readonly lessThan?: number;
  /** What has happened: the first sentence of its description, and of its section in the runbook. */
  readonly meaning: string;
};
