import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { METRICS } from '../../lib/domain/metrics.ts';
import type { Alarm } from '../resources/alarms/alarm.ts';
import { ALARMS } from '../resources/alarms/alarms.ts';

/** What is deployed, as far as it costs something. */
export type Deployment = {
  /** Of all functions but the sweep's. */
  readonly memoryMb: number;
  readonly sweepMemoryMb: number;
  readonly minCapacity: number;
  /** Whether Lambda writes its own lines for each call. */
  readonly platformLogs: boolean;
  readonly retentionDays: number;
  /** Metrics that alarms look at: an alarm is charged for each of them. */
  readonly alarmMetrics: number;
  /** Metrics that have data in every hour, and those that are told when something happens. */
  readonly steadyMetrics: number;
  readonly seldomMetrics: number;
  readonly secrets: number;
};

/** The owner's and the application's of the database, and the signing keys. */
const SECRETS = 3;

const TOLD_EVERY_HOUR = /Runs$|^SweepsCompleted$|^DatabaseCallTime$/;

/**
 * Reads serverless.yml, the data stack's and the lists of metrics and alarms; capacities are those of stage `prod`.
 * @throws Error that names the file which no longer says what is asked of it
 */
export async function readDeployment(): Promise<Deployment> {
  const service = await readYaml('serverless.yml');
  const data = await readYaml('infra/data/serverless.yml');
  const metrics = Object.entries(METRICS);
  const steady = metrics.filter(([name, { kind }]) => kind === 'gauge' || TOLD_EVERY_HOUR.test(name)).length;
  return {
    memoryMb: service.number(/^ {2}memorySize: (\d+)/m),
    sweepMemoryMb: service.number(/^ {2}sweep:\n(?: {4}.*\n)*? {4}memorySize: (\d+)/m),
    minCapacity: data.number(/^ {2}prod:\n(?: {4}.*\n)*? {4}min-capacity: ([\d.]+)/m),
    platformLogs: !service.says(/systemLogLevel: WARN/),
    retentionDays: service.number(/^ {2}logRetentionInDays: (\d+)/m),
    alarmMetrics: Object.values<Alarm>(ALARMS).reduce((sum, { watches }) => sum + ('percent' in watches ? 2 : 1), 0),
    steadyMetrics: steady,
    seldomMetrics: metrics.length - steady,
    secrets: SECRETS,
  };
}

async function readYaml(file: string) {
  const text = await readFile(join(import.meta.dirname, '../..', file), 'utf8');
  return {
    says: (what: RegExp) => what.test(text),
    number: (what: RegExp) => {
      const found = what.exec(text)?.[1];
      if (found === undefined) throw new Error(`${file} has nothing like ${what}`);
      return Number(found);
    },
  };
}
