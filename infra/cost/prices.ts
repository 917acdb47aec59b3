/** What AWS takes for so many units (`per`), in dollars. */
export type Price = {
  /** By how many units were had before in the month: the first step starts at 0. */
  readonly steps: readonly { readonly from: number; readonly usd: number }[];
  readonly per: number;
  readonly unit: string;
  /** AWS's own page of it. */
  readonly source: string;
  /** Year and month of the newest dated copy of it, or of a list made from it; null: none could be read. */
  readonly seen: string | null;
};

const priceOf = (usd: number, per: number, unit: string, page: string, seen: string | null): Price => ({
  steps: [{ from: 0, usd }],
  per,
  unit,
  source: `https://aws.amazon.com/${page}`,
  seen,
});
const price = (usd: number, unit: string, page: string, seen: string | null): Price =>
  priceOf(usd, 1, unit, page, seen);
const perMillion = (usd: number, unit: string, page: string, seen: string | null): Price =>
  priceOf(usd, 1e6, unit, page, seen);
const perTenThousand = (usd: number, unit: string, page: string, seen: string | null): Price =>
  priceOf(usd, 1e4, unit, page, seen);
const stepped = (first: Price, from: number, usd: number): Price => ({
  ...first,
  steps: [...first.steps, { from, usd }],
});

const [gateway, lambda, aurora, cloudWatch] = [
  'api-gateway/pricing/',
  'lambda/pricing/',
  'rds/aurora/pricing/',
  'cloudwatch/pricing/',
];

/** List prices on demand in us-east-1 without free tiers, put together in November 2026. */
export const PRICES = {
  httpApiRequest: stepped(perMillion(1.0, 'request', gateway, '2025-05'), 300e6, 0.9),
  lambdaRequest: perMillion(0.2, 'request', lambda, '2026-09'),
  // arm64. Invoking by a Function URL costs no more than that.
  lambdaGbSecond: price(0.0000133334, 'GB-s', lambda, null),
  dataApiRequest: stepped(perMillion(0.35, 'request', aurora, null), 1e9, 0.2),
  auroraAcuHour: price(0.12, 'ACU-hour', aurora, '2026-03'),
  auroraGbMonth: price(0.1, 'GB-month', aurora, '2026-03'),
  auroraIo: perMillion(0.2, 'I/O', aurora, null),
  auroraBackupGbMonth: price(0.021, 'GB-month', aurora, null),
  logsGbIngested: price(0.5, 'GB', cloudWatch, '2026-06'),
  logsGbMonth: price(0.03, 'GB-month', cloudWatch, null),
  metricMonth: price(0.3, 'metric-month', cloudWatch, null),
  alarmMonth: price(0.1, 'alarm-month', cloudWatch, null),
  dashboardMonth: price(3, 'dashboard-month', cloudWatch, '2026-06'),
  trace: perMillion(5, 'trace', 'xray/pricing/', null),
  secretMonth: price(0.4, 'secret-month', 'secrets-manager/pricing/', '2026-09'),
  secretRequest: perTenThousand(0.05, 'request', 'secrets-manager/pricing/', '2026-09'),
  keyRequest: perTenThousand(0.03, 'request', 'kms/pricing/', '2026-03'),
  queueRequest: perMillion(0.4, 'request', 'sqs/pricing/', '2026-03'),
  // Rules with a schedule, and events of AWS's own services.
  ruleEvent: price(0, 'event', 'eventbridge/pricing/', null),
  s3GbMonth: price(0.023, 'GB-month', 's3/pricing/', null),
  gbToInternet: price(0.09, 'GB', 'ec2/pricing/on-demand/', '2026-04'),
  gbInRegion: price(0.01, 'GB', 'ec2/pricing/on-demand/', '2026-04'),
  smallInstanceHour: price(0.0168, 't4g.small hour', 'ec2/pricing/on-demand/', null),
  mediumInstanceHour: price(0.0336, 't4g.medium hour', 'ec2/pricing/on-demand/', null),
  diskGbMonth: price(0.08, 'gp3 GB-month', 'ebs/pricing/', null),
  addressHour: price(0.005, 'public IPv4 hour', 'vpc/pricing/', null),
  balancerHour: price(0.0225, 'ALB-hour', 'elasticloadbalancing/pricing/', '2026-09'),
  balancerUnitHour: price(0.008, 'LCU-hour', 'elasticloadbalancing/pricing/', '2026-09'),
  // PostgreSQL in two zones.
  smallDatabaseHour: price(0.064, 'db.t4g.small hour', 'rds/postgresql/pricing/', null),
  mediumDatabaseHour: price(0.13, 'db.t4g.medium hour', 'rds/postgresql/pricing/', null),
  largeDatabaseHour: price(0.318, 'db.m6g.large hour', 'rds/postgresql/pricing/', null),
  databaseGbMonth: price(0.23, 'gp3 GB-month', 'rds/postgresql/pricing/', '2026-06'),
} as const satisfies Readonly<Record<string, Price>>;

/** What so many units cost in a month, in dollars. */
export function costOf({ steps, per }: Price, units: number): number {
  return steps.reduce((sum, { from, usd }, index) => {
    const to = steps[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    return sum + Math.max(0, Math.min(units, to) - from) * (usd / per);
  }, 0);
}
