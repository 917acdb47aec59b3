import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { checkout } from '../host/serverless-process.ts';

const account = '000000000000';
const tokenSecretId = 'muster/local/token-keys';

/** Where the functions run, and with what they sign; S3 alone checks it here. */
export const region = 'us-east-1';
export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** What the local EC2 launches instances from. */
export const launchTemplateId = 'lt-00000000000000001';

/** Where the history goes that is older than what is kept. */
export const archiveBucket = 'muster-archive';

/** The database that the functions use. */
export const databaseName = 'muster';

const secretArn = (name: string) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;

/** The secrets of the two that log in to the database: who owns its tables, and the functions. */
export const databaseSecrets = { owner: secretArn('muster-owner'), application: secretArn('muster-application') };

const database = {
  DATABASE_CLUSTER_ARN: `arn:aws:rds:${region}:${account}:cluster:muster`,
  DATABASE_NAME: databaseName,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
};

/** What the functions need to reach the database. */
export function databaseEnvironment(dataApi: string): Record<string, string> {
  return { ...database, DATABASE_SECRET_ARN: databaseSecrets.application, AWS_ENDPOINT_URL_RDS_DATA: dataApi };
}

/** What a migration run needs. */
export function migrationEnvironment(at: { readonly dataApi: string; readonly secrets: string }) {
  return {
    ...database,
    DATABASE_OWNER_SECRET_ARN: databaseSecrets.owner,
    DATABASE_APPLICATION_SECRET_ARN: databaseSecrets.application,
    AWS_ENDPOINT_URL_RDS_DATA: at.dataApi,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: at.secrets,
  };
}

/** What lib/config.ts reads, and the SDK's own variables, which is all that tells this machine from AWS. */
export async function functionEnvironment(stack: {
  readonly api: string;
  readonly dataApi: string;
  readonly ec2: string;
  readonly lambda: string;
  readonly s3: string;
  readonly subnetIds: readonly string[];
  readonly secrets: string;
}): Promise<Record<string, string>> {
  return {
    ...databaseEnvironment(stack.dataApi),
    TOKEN_SECRET_ID: tokenSecretId,
    REGISTRY_URL: stack.api,
    LAUNCH_TEMPLATE_ID: launchTemplateId,
    SUBNET_IDS: stack.subnetIds.join(','),
    ARCHIVE_BUCKET: archiveBucket,
    // The artefacts come from this machine, without TLS.
    ALLOW_LOOPBACK_SOURCES: 'true',
    // Seconds; a fleet to look at, with a lease that runs out in 90 s instead of 180.
    BASE_PACE_EC2_SECONDS: '5',
    BUILD_SHA: await gitSha(),
    AWS_ENDPOINT_URL_EC2: stack.ec2,
    AWS_ENDPOINT_URL_LAMBDA: stack.lambda,
    AWS_ENDPOINT_URL_S3: stack.s3,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: stack.secrets,
  };
}

/** The secret that the functions ask for: signing keys that live as long as the stack. */
export function localSecrets(): Record<string, string> {
  return {
    [tokenSecretId]: JSON.stringify({ current: 'k1', keys: { k1: randomBytes(32).toString('base64url') } }),
  };
}

/** Without git, or outside of a repository: `unknown`. */
async function gitSha(): Promise<string> {
  const head = promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd: checkout });
  return await head.then(
    ({ stdout }) => stdout.trim(),
    () => 'unknown',
  );
}
