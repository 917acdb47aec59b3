import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isLoopback } from '../cli/registry/address.ts';
import { createRegistryClient } from '../cli/registry/client.ts';
import { readMigrationFiles } from '../migrations/files.ts';
import { createRolloutDatabase } from './database.ts';
import { BUILD_FOLDER, createFramework } from './framework.ts';
import type { Place } from './options.ts';
import type { Ports } from './ports.ts';
import { createProcesses } from './processes.ts';
import { recentErrors } from './recent-errors.ts';
import { forgetGoneRoutes } from './route-limits.ts';
import { smokeTest } from './smoke-test.ts';
import { createSource } from './source.ts';
import { createStacks } from './stacks.ts';
import { registryStackOf } from './target.ts';
import { ensureTokenKeys } from './token-keys.ts';
import { runningSha, untilReady } from './until-ready.ts';

type Surroundings = { readonly root: string; readonly say: (line: string) => void; readonly over: AbortSignal };

/**
 * The ports over git, the framework and AWS, with the SDK's default credentials; calls `work` with them, then takes the
 * run's folders away.
 */
export async function withPorts<Result>(
  place: Place,
  { root, say, over }: Surroundings,
  work: (ports: Ports) => Promise<Result>,
): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), 'muster-deploy-'));
  const bundles = join(root, BUILD_FOLDER);
  try {
    await mkdir(join(scratch, 'tmp'));
    const processes = createProcesses(over);
    return await work({
      root,
      scratch,
      say,
      over,
      processes,
      source: createSource(processes, root),
      framework: createFramework(processes, place, join(scratch, 'tmp')),
      check: () => processes.run({ program: process.execPath, args: [join(root, 'infra/check/main.ts')], cwd: root }),
      database: createRolloutDatabase(),
      migrationFiles: (checkout) => readMigrationFiles(join(checkout, 'infra/migrations')),
      ...createAwsPorts(place, join(root, 'functions'), over),
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await rm(bundles, { recursive: true, force: true });
  }
}

/**
 * The ports that AWS is behind.
 * @param functions the folder whose folders are the functions
 */
export function createAwsPorts({ stage, region }: Place, functions: string, over: AbortSignal) {
  return {
    stacks: createStacks(new CloudFormationClient({ region })),
    ensureTokenKeys: (secretArn: string) => ensureTokenKeys(new SecretsManagerClient({ region }), secretArn),
    forgetGoneRoutes: (apiId: string) => forgetGoneRoutes(new ApiGatewayV2Client({ region }), apiId),
    untilReady: (url: string, expected: { readonly sha: string; readonly schema: string }) =>
      untilReady(url, expected, { fetch, pause: (ms) => pause(ms, undefined, { signal: over }) }),
    runningSha: (url: string) => runningSha(url, fetch),
    smokeTest: (url: string) => {
      const signedFor = isLoopback(new URL(url)) ? null : region;
      const operator = createRegistryClient({ url, region: signedFor }, fetch);
      // Not to be interrupted: it takes its probe away.
      return smokeTest(url, { operator, fetch, pause: (ms) => pause(ms) });
    },
    recentErrors: async () => {
      const names = await readdir(functions);
      const groups = names.map((name) => `/aws/lambda/${registryStackOf(stage)}-${name}`);
      // A throttle passes within seconds; without its tries one of them would leave nothing to be told.
      return recentErrors(new CloudWatchLogsClient({ region, maxAttempts: 8 }), groups, Date.now());
    },
  };
}
