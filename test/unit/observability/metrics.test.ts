import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dashboard } from '../../../infra/resources/dashboard/build.ts';
import { METRICS, type MetricName } from '../../../lib/domain/metrics.ts';
import { count, measure, time } from '../../../lib/observability/metrics.ts';
import { repository } from '../toolchain/scratch-project.ts';
import { useWritten } from './written.ts';

const LIST = 'lib/domain/metrics.ts';
const sources = globSync(['lib/**/*.ts', 'functions/**/*.ts'], { cwd: repository })
  .filter((path) => path !== LIST)
  .map((path) => readFileSync(join(repository, path), 'utf8'))
  .join('\n');
const names = Object.keys(METRICS).filter((name): name is MetricName => name in METRICS);

describe('each metric', () => {
  it.each(names)('%s is told by the code, with a line that says what it means', (name) => {
    expect(sources).toMatch(new RegExp(`'${name}'|\\b${name}:`));
    expect(METRICS[name].meaning).toMatch(/^\S[^\n]{9,109}\S$/);
  });

  it.each(names)('%s stands on the dashboard', (name) => {
    expect(JSON.stringify(dashboard())).toContain(`\\"Muster\\",\\"${name}\\",\\"service\\"`);
  });

  it('has but one dimension, so that their number is what they cost', () => {
    expect(names.length).toBeLessThanOrEqual(66);
  });
});

describe('what is written', () => {
  const { documents: written } = useWritten();

  it('is one EMF line with the metric, its unit and the stack that it is of', () => {
    count('NewBoots', 3);
    expect(written()).toMatchObject([
      {
        _aws: {
          CloudWatchMetrics: [
            { Namespace: 'Muster', Dimensions: [['service']], Metrics: [{ Name: 'NewBoots', Unit: 'Count' }] },
          ],
        },
        service: 'muster-test',
        NewBoots: 3,
      },
    ]);
  });

  it('is nothing for a count of 0', () => {
    count('NewBoots', 0);
    expect(written()).toEqual([]);
  });

  it('is one line for all gauges, those that are 0 too, each in its unit', () => {
    measure({ FleetOnline: 0, SweepAge: 61.5 });
    const [line, ...others] = written();
    expect(others).toEqual([]);
    expect(line).toMatchObject({ FleetOnline: 0, SweepAge: 61.5 });
    expect(line._aws.CloudWatchMetrics[0].Metrics).toEqual([
      { Name: 'FleetOnline', Unit: 'Count' },
      { Name: 'SweepAge', Unit: 'Seconds' },
    ]);
  });

  it('is one line for any number of times, with the longest among them', () => {
    time(
      'DatabaseCallTime',
      Array.from({ length: 1234 }, (_, at) => 1233 - at),
    );
    const [line, ...others] = written();
    expect(others).toEqual([]);
    expect(line.DatabaseCallTime).toHaveLength(100);
    expect(line.DatabaseCallTime[49]).toBe(616);
    expect(line.DatabaseCallTime[99]).toBe(1233);
    expect(line._aws.CloudWatchMetrics[0].Metrics).toEqual([{ Name: 'DatabaseCallTime', Unit: 'Milliseconds' }]);
  });

  it('is nothing where nothing was timed', () => {
    time('DatabaseCallTime', []);
    expect(written()).toEqual([]);
  });
});
