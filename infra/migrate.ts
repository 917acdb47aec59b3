import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import type { DatabaseConfig } from '../lib/adapters/rds-data/database.ts';
import { createDataApiClient, createDatabase } from '../lib/adapters/rds-data/database.ts';
import { readConfig } from '../lib/config.ts';
import { readMigrateLine } from './deploy/options.ts';
import { createStacks } from './deploy/stacks.ts';
import { dataStackOf, findTarget } from './deploy/target.ts';
import { ensureApplicationLogin } from './migrations/application-login.ts';
import { applyMigrations } from './migrations/apply.ts';
import { readMigrationFiles } from './migrations/files.ts';
import type { MigrationTarget } from './migrations/target.ts';
import { createTransactions } from './migrations/transactions.ts';

/** Long enough for a paused cluster to wake, and for a statement that takes as long as the Data API lets it: ms. */
const BUDGET_MS = 90_000;
const TRY_MS = 50_000;

const arn = z.string().regex(/^arn:/, 'is not an ARN');

const targetOfEnvironment = z
  .object({
    DATABASE_CLUSTER_ARN: arn,
    DATABASE_OWNER_SECRET_ARN: arn,
    DATABASE_APPLICATION_SECRET_ARN: arn,
    DATABASE_NAME: z.string().min(1),
  })
  .transform(
    (env): MigrationTarget => ({
      clusterArn: env.DATABASE_CLUSTER_ARN,
      name: env.DATABASE_NAME,
      ownerSecretArn: env.DATABASE_OWNER_SECRET_ARN,
      applicationSecretArn: env.DATABASE_APPLICATION_SECRET_ARN,
    }),
  );

/**
 * Brings the database of the configuration to the level of infra/migrations, over the Data API.
 * @param config with the owner's secret
 * @returns the names of the files that this run applied
 */
export async function migrate(config: DatabaseConfig, folder = join(import.meta.dirname, 'migrations')) {
  const client = createDataApiClient(TRY_MS);
  const files = await readMigrationFiles(folder);
  return applyMigrations(createDatabase(config, client), createTransactions(client, config), files);
}

/**
 * All of a migration run: the schema, and the login of the functions.
 * @returns the names of the files that were applied, and whether the functions' password was set
 */
export async function migrateAll({ ownerSecretArn, applicationSecretArn, ...target }: MigrationTarget) {
  const as = (secretArn: string) => ({ ...target, secretArn, budgetMs: BUDGET_MS });
  const { applied } = await migrate(as(ownerSecretArn));
  const client = createDataApiClient(TRY_MS);
  const passwordSet = await ensureApplicationLogin({
    asOwner: createDatabase(as(ownerSecretArn), client),
    asApplication: createDatabase(as(applicationSecretArn), client),
    readSecret: async () => {
      const command = new GetSecretValueCommand({ SecretId: applicationSecretArn });
      return z.string().parse((await new SecretsManagerClient({}).send(command)).SecretString);
    },
  });
  return { applied, passwordSet };
}

/** What `--stage` names on AWS; without arguments what the environment says. */
async function targetOf(args: readonly string[]): Promise<MigrationTarget> {
  if (args.length === 0) return readConfig(targetOfEnvironment);
  const place = readMigrateLine(args, process.env);
  process.env['AWS_REGION'] = place.region;
  const target = await findTarget(place, createStacks(new CloudFormationClient({})));
  if (target === undefined) throw new Error(`${dataStackOf(place.stage)} is not there: npm run deploy makes it`);
  return target;
}

if (process.argv[1] === import.meta.filename) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // The file under way locks tables that every beat writes; left open, its transaction would for three minutes.
    process.on(signal, () => process.stderr.write('goes on to the end: what is begun would keep its locks\n'));
  }
  try {
    const { applied, passwordSet } = await migrateAll(await targetOf(process.argv.slice(2)));
    process.stdout.write(applied.length === 0 ? 'nothing to apply\n' : `applied ${applied.join(', ')}\n`);
    if (passwordSet) process.stdout.write('set the password of muster_app to that of its secret\n');
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
