import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Count } from '../domain/metrics.ts';

const metrics = new Metrics({ namespace: 'Muster', serviceName: 'muster' });

/** Writes one EMF line that adds `value` to a metric of lib/domain/metrics.ts; nothing at all for 0. */
export const count: Count = (counter, value = 1) => {
  if (value === 0) return;
  metrics.singleMetric().addMetric(counter, MetricUnit.Count, value);
};
