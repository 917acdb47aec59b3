import * as z from 'zod/mini';
import './domain/validation-messages.ts';
import { type BrakePolicy, DEFAULT_BRAKE } from './domain/brake.ts';
import type { Policy } from './domain/policy.ts';
import { DEFAULT_POLICY } from './domain/policy.ts';
import { DEFAULT_GRACE, type GracePolicy } from './domain/silence.ts';
import { type AbsencePolicy, DEFAULT_ABSENCE } from './domain/sweep/absence.ts';

const arn = z.string().check(z.regex(/^arn:/, 'is not an ARN'));
const seconds = z.coerce.number().check(z.gte(1, 'is under 1'), z.lte(3600, 'is over 3600'));
/** A number within limits, both included. */
const within = (least: number, most: number) =>
  z.coerce.number().check(z.gte(least, `is under ${least}`), z.lte(most, `is over ${most}`));
// Not multipleOf(1): what it rounds away leaves a fraction in.
const whole = (least: number, most: number) =>
  within(least, most).check(z.refine(Number.isSafeInteger, 'is no whole number'));
const DAY_SECONDS = 86_400;
/** Of events, beside the present month: a year, and the month that it began in. */
const DEFAULT_KEPT_MONTHS = 13;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** Tokens go there: in the clear only on this machine, and under no name but the token's. */
const isSafeUrl = (text: string) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return username + password === '' && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname)));
};
const flag = z.pipe(
  z.enum(['true', 'false'], 'is neither true nor false'),
  z.transform((text) => text === 'true'),
);

/**
 * Milliseconds that a database call may take in all. Provision makes two, beside EC2 and the signing keys, inside its
 * 27 s; a paused cluster takes 10 to 30 s to wake, so the first callers are told to come back.
 * Whoever runs by itself may wait longer.
 */
const CALL_BUDGET_MS = 6_000;

/** Every variable that the code reads, in the groups that functions ask for. */
export const CONFIG = {
  database: z.pipe(
    z.object({
      DATABASE_CLUSTER_ARN: arn,
      DATABASE_SECRET_ARN: arn,
      DATABASE_NAME: z.string().check(z.minLength(1)),
      DATABASE_BUDGET_MS: z._default(whole(1_000, 45_000), CALL_BUDGET_MS),
    }),
    z.transform((env) => ({
      clusterArn: env.DATABASE_CLUSTER_ARN,
      secretArn: env.DATABASE_SECRET_ARN,
      name: env.DATABASE_NAME,
      budgetMs: env.DATABASE_BUDGET_MS,
    })),
  ),
  tokens: z.pipe(
    z.object({ TOKEN_SECRET_ID: z.string().check(z.minLength(1)) }),
    z.transform(({ TOKEN_SECRET_ID }) => ({ secretId: TOKEN_SECRET_ID })),
  ),
  reconcile: z.pipe(
    z.object({ RECONCILE_FUNCTION_NAME: z.string().check(z.minLength(1)) }),
    z.transform(({ RECONCILE_FUNCTION_NAME }) => ({ functionName: RECONCILE_FUNCTION_NAME })),
  ),
  converge: z.pipe(
    z.object({ CONVERGE_FUNCTION_NAME: z.string().check(z.minLength(1)) }),
    z.transform(({ CONVERGE_FUNCTION_NAME }) => ({ functionName: CONVERGE_FUNCTION_NAME })),
  ),
  launch: z.pipe(
    z.object({
      REGISTRY_URL: z.url('is not a URL'),
      LAUNCH_TEMPLATE_ID: z.string().check(z.regex(/^lt-[0-9a-f]+$/, 'is not a launch template id (lt-…)')),
      SUBNET_IDS: z._default(z.string(), ''),
    }),
    z.transform((env) => ({
      registryUrl: env.REGISTRY_URL,
      launchTemplateId: env.LAUNCH_TEMPLATE_ID,
      subnetIds: env.SUBNET_IDS.split(',').filter((id) => id !== ''),
    })),
  ),
  heartbeatUrl: z.pipe(
    z.object({
      HEARTBEAT_URL: z.optional(
        z.url('is not a URL').check(z.refine(isSafeUrl, 'is neither https nor http to loopback, or names a user')),
      ),
    }),
    z.transform(({ HEARTBEAT_URL }) => HEARTBEAT_URL),
  ),
  sources: z.pipe(
    z.object({ ALLOW_LOOPBACK_SOURCES: z._default(flag, false) }),
    z.transform(({ ALLOW_LOOPBACK_SOURCES }) => ({ allowLoopbackSources: ALLOW_LOOPBACK_SOURCES })),
  ),
  artefacts: z.pipe(
    z.object({ AWS_REGION: z.string().check(z.minLength(1)), AWS_ENDPOINT_URL_S3: z.optional(z.url('is not a URL')) }),
    z.transform(({ AWS_REGION, AWS_ENDPOINT_URL_S3 }) => ({ region: AWS_REGION, endpoint: AWS_ENDPOINT_URL_S3 })),
  ),
  pace: z.pipe(
    z.object({
      BASE_PACE_EC2_SECONDS: z._default(seconds, DEFAULT_POLICY.base_pace_ec2_seconds),
      BASE_PACE_EXTERNAL_SECONDS: z._default(seconds, DEFAULT_POLICY.base_pace_external_seconds),
      TARGET_BEATS_PER_SECOND: z._default(whole(1, 100_000), DEFAULT_POLICY.target_beats_per_second),
    }),
    z.transform(
      (env): Policy => ({
        ...DEFAULT_POLICY,
        base_pace_ec2_seconds: env.BASE_PACE_EC2_SECONDS,
        base_pace_external_seconds: env.BASE_PACE_EXTERNAL_SECONDS,
        target_beats_per_second: env.TARGET_BEATS_PER_SECOND,
      }),
    ),
  ),
  brake: z.pipe(
    z.object({
      // With none that passes, what is absent where a share of few is nobody would never end.
      BRAKE_FLOOR: z._default(whole(1, 1_000), DEFAULT_BRAKE.floor),
      BRAKE_SHARE: z._default(within(0, 1), DEFAULT_BRAKE.share),
    }),
    z.transform((env): BrakePolicy => ({ floor: env.BRAKE_FLOOR, share: env.BRAKE_SHARE })),
  ),
  grace: z.pipe(
    z.object({
      // Under a period of the schedule, every run would be an outage.
      GAP_SECONDS: z._default(whole(75, 3_600), DEFAULT_GRACE.gapSeconds),
      GRACE_SECONDS: z._default(whole(60, DAY_SECONDS), DEFAULT_GRACE.graceSeconds),
      OUTAGE_SHARE: z._default(within(0.1, 1), DEFAULT_GRACE.outageShare),
    }),
    z.transform(
      (env): GracePolicy => ({
        gapSeconds: env.GAP_SECONDS,
        graceSeconds: env.GRACE_SECONDS,
        outageShare: env.OUTAGE_SHARE,
      }),
    ),
  ),
  absence: z.pipe(
    z.object({
      ABSENCE_AGE_SECONDS: z._default(whole(60, DAY_SECONDS), DEFAULT_ABSENCE.ageSeconds),
      ABSENCE_CYCLES: z._default(whole(2, 100), DEFAULT_ABSENCE.cycles),
      ABSENCE_SECONDS: z._default(whole(60, DAY_SECONDS), DEFAULT_ABSENCE.seconds),
    }),
    z.transform(
      (env): AbsencePolicy => ({
        ageSeconds: env.ABSENCE_AGE_SECONDS,
        cycles: env.ABSENCE_CYCLES,
        seconds: env.ABSENCE_SECONDS,
      }),
    ),
  ),
  hint: z.pipe(
    z.object({ HINT_GATHER_MS: z._default(whole(0, 5_000), 250) }),
    z.transform(({ HINT_GATHER_MS }) => ({ gatherMs: HINT_GATHER_MS })),
  ),
  sweepPace: z.pipe(
    z.object({
      SWEEP_CALLS_PER_SECOND: z._default(whole(1, 100), 10),
      SWEEP_CALLS_AT_ONCE: z._default(whole(1, 50), 10),
    }),
    z.transform((env) => ({ callsPerSecond: env.SWEEP_CALLS_PER_SECOND, atOnce: env.SWEEP_CALLS_AT_ONCE })),
  ),
  retention: z.pipe(
    z.object({
      // Empty: there is no archive, so every event is kept where it is.
      ARCHIVE_BUCKET: z.optional(
        z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is no name of a bucket')),
      ),
      EVENT_RETENTION_MONTHS: z._default(whole(1, 120), DEFAULT_KEPT_MONTHS),
    }),
    z.transform((env) => ({ bucket: env.ARCHIVE_BUCKET, keptMonths: env.EVENT_RETENTION_MONTHS })),
  ),
  build: z.pipe(
    z.object({ BUILD_SHA: z.string().check(z.minLength(1)), BUILD_VERSION: z.string().check(z.minLength(1)) }),
    z.transform(({ BUILD_SHA, BUILD_VERSION }) => ({ sha: BUILD_SHA, version: BUILD_VERSION })),
  ),
} as const;

/**
 * One section of the configuration ({@link CONFIG}), from the environment.
 * @throws Error with one line that names every variable that is missing or malformed: the function must not start
 */
export function readConfig<Section extends z.core.$ZodType>(section: Section, env = process.env): z.output<Section> {
  // A parameter of the deployment that was not given arrives as an empty text.
  const given = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== ''));
  const parsed = z.safeParse(section, given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const variable = path.join('.');
    return given[variable] === undefined ? `${variable} is missing` : `${variable} ${message}`;
  });
  throw new Error(`Configuration: ${faults.join('; ')}`);
}
