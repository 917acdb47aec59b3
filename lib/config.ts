import * as z from 'zod';
import type { Policy } from './domain/policy.ts';
import { DEFAULT_POLICY } from './domain/policy.ts';

const arn = z.string().regex(/^arn:/, 'is not an ARN');
const seconds = z.coerce.number().min(1, 'is under 1').max(3600, 'is over 3600');
const flag = z.enum(['true', 'false'], 'is neither true nor false').transform((text) => text === 'true');

/**
 * Milliseconds that a database call may take in all. Provision makes two, beside EC2 and the signing keys, inside its
 * 27 s; a paused cluster takes 10 to 30 s to wake, so the first callers are told to come back.
 */
const CALL_BUDGET_MS = 6_000;

/** Every variable that the code reads, in the groups that functions ask for. */
export const CONFIG = {
  database: z
    .object({ DATABASE_CLUSTER_ARN: arn, DATABASE_SECRET_ARN: arn, DATABASE_NAME: z.string().min(1) })
    .transform((env) => ({
      clusterArn: env.DATABASE_CLUSTER_ARN,
      secretArn: env.DATABASE_SECRET_ARN,
      name: env.DATABASE_NAME,
      budgetMs: CALL_BUDGET_MS,
    })),
  tokens: z
    .object({ TOKEN_SECRET_ID: z.string().min(1) })
    .transform(({ TOKEN_SECRET_ID }) => ({ secretId: TOKEN_SECRET_ID })),
  reconcile: z
    .object({ RECONCILE_FUNCTION_NAME: z.string().min(1) })
    .transform(({ RECONCILE_FUNCTION_NAME }) => ({ functionName: RECONCILE_FUNCTION_NAME })),
  converge: z
    .object({ CONVERGE_FUNCTION_NAME: z.string().min(1) })
    .transform(({ CONVERGE_FUNCTION_NAME }) => ({ functionName: CONVERGE_FUNCTION_NAME })),
  launch: z
    .object({
      REGISTRY_URL: z.url('is not a URL'),
      LAUNCH_TEMPLATE_ID: z.string().regex(/^lt-[0-9a-f]+$/, 'is not a launch template id (lt-…)'),
      SUBNET_IDS: z.string().default(''),
    })
    .transform((env) => ({
      registryUrl: env.REGISTRY_URL,
      launchTemplateId: env.LAUNCH_TEMPLATE_ID,
      subnetIds: env.SUBNET_IDS.split(',').filter((id) => id !== ''),
    })),
  sources: z
    .object({ ALLOW_LOOPBACK_SOURCES: flag.default(false) })
    .transform(({ ALLOW_LOOPBACK_SOURCES }) => ({ allowLoopbackSources: ALLOW_LOOPBACK_SOURCES })),
  artefacts: z
    .object({ AWS_REGION: z.string().min(1), AWS_ENDPOINT_URL_S3: z.url('is not a URL').optional() })
    .transform(({ AWS_REGION, AWS_ENDPOINT_URL_S3 }) => ({ region: AWS_REGION, endpoint: AWS_ENDPOINT_URL_S3 })),
  pace: z
    .object({
      BASE_PACE_EC2_SECONDS: seconds.default(DEFAULT_POLICY.base_pace_ec2_seconds),
      BASE_PACE_EXTERNAL_SECONDS: seconds.default(DEFAULT_POLICY.base_pace_external_seconds),
    })
    .transform(
      (env): Policy => ({
        ...DEFAULT_POLICY,
        base_pace_ec2_seconds: env.BASE_PACE_EC2_SECONDS,
        base_pace_external_seconds: env.BASE_PACE_EXTERNAL_SECONDS,
      }),
    ),
  build: z
    .object({ BUILD_SHA: z.string().min(1), BUILD_VERSION: z.string().min(1) })
    .transform(({ BUILD_SHA, BUILD_VERSION }) => ({ sha: BUILD_SHA, version: BUILD_VERSION })),
} as const;

/**
 * One section of the configuration ({@link CONFIG}), from the environment.
 * @throws Error with one line that names every variable that is missing or malformed: the function must not start
 */
export function readConfig<Section extends z.ZodType>(section: Section, env = process.env): z.output<Section> {
  const parsed = section.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const variable = path.join('.');
    return env[variable] === undefined ? `${variable} is missing` : `${variable} ${message}`;
  });
  throw new Error(`Configuration: ${faults.join('; ')}`);
}
