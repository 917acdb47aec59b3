import type { MigrationTarget } from '../migrations/target.ts';
import { WrongUsage } from './failures.ts';
import type { Place } from './options.ts';
import type { Stacks } from './stacks.ts';

/** The stack of the database and what else outlives the code, and the functions' own. */
export const dataStackOf = (stage: string) => `muster-data-${stage}`;
export const registryStackOf = (stage: string) => `muster-${stage}`;

/** What state there is, and where: the parameters that replace the data stack, by the names of its outputs. */
const REPLACING = {
  DatabaseClusterArn: 'database-cluster-arn',
  OwnerSecretArn: 'owner-secret-arn',
  ApplicationSecretArn: 'application-secret-arn',
  TokenSecretArn: 'token-secret-arn',
} as const;

export type Target = MigrationTarget & { readonly tokenSecretArn: string };

/** Whether the database is another's: then no data stack is deployed for it. */
export function bringsItsDatabase({ params }: Place): boolean {
  return params.has(REPLACING.DatabaseClusterArn);
}

/**
 * A cluster that was restored beside a data stack has its archive still: asked for only then, since a dry run may have no
 * AWS to ask.
 * @throws {WrongUsage} when a cluster is given without a bucket, and there is no data stack that has one
 */
export async function requireArchiveBucket(place: Place, stacks: Pick<Stacks, 'outputs'>): Promise<void> {
  if (!bringsItsDatabase(place) || place.params.has('archive-bucket')) return;
  const outputs = await stacks.outputs(dataStackOf(place.stage));
  if (outputs?.has('ArchiveBucketName')) return;
  throw new WrongUsage('--param database-cluster-arn needs also --param archive-bucket, for history that is not kept');
}

/**
 * Where the database and the secrets are: what the parameters say, else the data stack.
 * @returns undefined where there is no data stack yet
 * @throws {WrongUsage} when a cluster is given without all that belongs to it
 */
export async function findTarget(place: Place, stacks: Stacks): Promise<Target | undefined> {
  const { params, stage } = place;
  const name = params.get('database-name') ?? 'muster';
  if (bringsItsDatabase(place)) {
    const missing = Object.values(REPLACING).filter((param) => !params.has(param));
    if (missing.length > 0)
      throw new WrongUsage(
        `--param database-cluster-arn needs also ${missing.map((param) => `--param ${param}`).join(', ')}`,
      );
    return targetFrom(name, (output) => params.get(REPLACING[output]));
  }
  const outputs = await stacks.outputs(dataStackOf(stage));
  if (outputs === undefined) return undefined;
  return targetFrom(name, (output) => params.get(REPLACING[output]) ?? outputs.get(output));
}

function targetFrom(name: string, read: (output: keyof typeof REPLACING) => string | undefined): Target {
  const value = (output: keyof typeof REPLACING) => {
    const found = read(output);
    if (found === undefined) throw new Error(`the data stack has no output ${output}`);
    return found;
  };
  return {
    name,
    clusterArn: value('DatabaseClusterArn'),
    ownerSecretArn: value('OwnerSecretArn'),
    applicationSecretArn: value('ApplicationSecretArn'),
    tokenSecretArn: value('TokenSecretArn'),
  };
}
