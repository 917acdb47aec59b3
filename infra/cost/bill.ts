import { ASSUMED } from './assumptions.ts';
import type { Deployment } from './deployment.ts';
import { beatsPerSecond, type Fleet } from './fleet.ts';
import { costOf, PRICES } from './prices.ts';
import { usageOf } from './usage.ts';

/** Dollars a month, by service. */
export type Bill = Readonly<Record<string, number>>;

export const totalOf = (bill: Bill): number => Object.values(bill).reduce((sum, usd) => sum + usd, 0);

/** Up to how many workspaces the registry costs no more than the always-on pair; 0: never, `limit`: always. */
export function cheaperUpTo(fleet: Fleet, deployment: Deployment, limit: number): number {
  const isCheaper = (workspaces: number) => {
    const sized = { ...fleet, workspaces };
    return totalOf(billOf(sized, deployment)) <= totalOf(pairOf(sized, deployment));
  };
  let [cheaper, dearer] = [0, limit + 1];
  while (dearer - cheaper > 1) {
    const between = Math.floor((cheaper + dearer) / 2);
    if (isCheaper(between)) cheaper = between;
    else dearer = between;
  }
  return cheaper;
}

/** What the registry costs for a fleet. */
export function billOf(fleet: Fleet, deployment: Deployment) {
  const used = usageOf(fleet, deployment);
  return {
    'API Gateway': costOf(PRICES.httpApiRequest, used.gatewayRequests),
    Lambda: costOf(PRICES.lambdaRequest, used.functionCalls) + costOf(PRICES.lambdaGbSecond, used.gbSeconds),
    'RDS Data API': costOf(PRICES.dataApiRequest, used.dataApiCalls),
    'Aurora capacity': costOf(PRICES.auroraAcuHour, used.acus * ASSUMED.hours),
    'Aurora storage, I/O': storageCost(used.volumeGb) + costOf(PRICES.auroraIo, used.ios),
    'CloudWatch logs':
      costOf(PRICES.logsGbIngested, used.logsGb) +
      costOf(PRICES.logsGbMonth, (used.logsGb * deployment.retentionDays * 24) / ASSUMED.hours),
    'CloudWatch metrics, alarms': watchingCost(deployment),
    'X-Ray': costOf(PRICES.trace, used.traces),
    'Secrets Manager, KMS':
      costOf(PRICES.secretMonth, deployment.secrets) +
      costOf(PRICES.secretRequest, used.secretReads) +
      costOf(PRICES.keyRequest, used.secretReads),
    'EventBridge, SQS, S3':
      costOf(PRICES.ruleEvent, used.backgroundCalls) +
      costOf(PRICES.queueRequest, used.backgroundCalls) +
      costOf(PRICES.s3GbMonth, used.archiveGb),
    'Data transfer': transferCost(fleet, used.answersGb),
  } as const satisfies Bill;
}

/** What two small instances behind a load balancer cost, with a database in two zones, watched alike. */
export function pairOf(fleet: Fleet, deployment: Deployment) {
  const { pair, hours, seconds, beat } = ASSUMED;
  const rate = beatsPerSecond(fleet);
  const isSmall = rate <= pair.smallInstances;
  const database =
    rate <= pair.smallDatabase
      ? PRICES.smallDatabaseHour
      : rate <= pair.mediumDatabase
        ? PRICES.mediumDatabaseHour
        : PRICES.largeDatabaseHour;
  return {
    Instances:
      costOf(isSmall ? PRICES.smallInstanceHour : PRICES.mediumInstanceHour, 2 * hours) +
      costOf(PRICES.diskGbMonth, 2 * pair.diskGb),
    'Load balancer':
      costOf(PRICES.balancerHour, hours) + costOf(PRICES.balancerUnitHour, (rate / pair.connectionsPerUnit) * hours),
    Addresses: costOf(PRICES.addressHour, pair.addresses * hours),
    Database: costOf(database, hours) + costOf(PRICES.databaseGbMonth, pair.databaseGb),
    CloudWatch:
      watchingCost(deployment) + costOf(PRICES.logsGbIngested, pair.logsGb) + costOf(PRICES.logsGbMonth, pair.logsGb),
    'Secrets Manager': costOf(PRICES.secretMonth, pair.secrets),
    'Data transfer': transferCost(fleet, (rate * seconds * beat.answerBytes) / 1e9),
  } as const satisfies Bill;
}

const storageCost = (gb: number): number => costOf(PRICES.auroraGbMonth, gb) + costOf(PRICES.auroraBackupGbMonth, gb);

const watchingCost = ({ steadyMetrics, seldomMetrics, alarmMetrics }: Deployment): number =>
  costOf(PRICES.metricMonth, steadyMetrics + seldomMetrics * ASSUMED.seldomShare) +
  costOf(PRICES.alarmMonth, alarmMetrics) +
  costOf(PRICES.dashboardMonth, 1);

const transferCost = ({ externalShare }: Fleet, gb: number): number =>
  costOf(PRICES.gbToInternet, gb * externalShare) + costOf(PRICES.gbInRegion, gb * (1 - externalShare));
