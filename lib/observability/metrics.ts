import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics({ namespace: 'Muster', serviceName: 'muster' });

/** Everything that is counted: the closed list of metrics. */
const COUNTERS = ['ReconcileInvokeFailed'] as const;

type Counter = (typeof COUNTERS)[number];

/** Writes one EMF line that adds `value` to a metric; nothing at all for 0. */
export function count(counter: Counter, value = 1): void {
  if (value === 0) return;
  metrics.singleMetric().addMetric(counter, MetricUnit.Count, value);
}
