import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Count, Measure, MetricName, Time } from '../domain/metrics.ts';
import { METRICS } from '../domain/metrics.ts';

/** Values that one EMF line can carry of one metric. */
const VALUES_A_LINE = 100;

/** Writes the values as one EMF line for the stack (POWERTOOLS_SERVICE_NAME), each in its unit; none write nothing. */
function write(values: readonly (readonly [MetricName, number])[]): void {
  if (values.length === 0) return;
  const metrics = new Metrics({ namespace: 'Muster' });
  for (const [name, value] of values) metrics.addMetric(name, METRICS[name].unit, value);
  // Powertools has written the line by itself when a metric has as many values as a line can carry.
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/** Writes one EMF line that adds `value` to a metric of lib/domain/metrics.ts; nothing at all for 0. */
export const count: Count = (counter, value = 1) => write(value === 0 ? [] : [[counter, value]]);

/** Writes one EMF line that tells all of these gauges. */
export const measure: Measure = (values) => {
  const names = Object.keys(METRICS).filter((name): name is keyof typeof values => name in values);
  write(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const])));
};

/** Writes one EMF line that tells how long each took; of more than a line can carry every percentile, the longest too. */
export const time: Time = (timing, values) => write(percentilesOf(values).map((value) => [timing, value] as const));

function percentilesOf(values: readonly number[]): readonly number[] {
  if (values.length <= VALUES_A_LINE) return values;
  const sorted = values.toSorted((one, other) => one - other);
  return Array.from({ length: VALUES_A_LINE }, (_, at) => {
    const last = Math.ceil(((at + 1) * sorted.length) / VALUES_A_LINE) - 1;
    return sorted[last] ?? 0;
  });
}
