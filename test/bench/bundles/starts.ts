import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loopbackEnvironment } from '../../../infra/local/host/serverless-process.ts';
import { startSecrets } from '../../../infra/local/secrets/server.ts';
import { databaseEnvironment } from '../../../infra/local/stack/function-environment.ts';
import { ClearError, type Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { migrateDatabase, startDatabase } from '../../../infra/local/stack/start-database.ts';
import { createJwtTokens } from '../../../lib/adapters/tokens/jwt-tokens.ts';
import { httpEvent } from '../../support/events.ts';
import { type Figure, percentile, rounded } from '../figures.ts';
import { makeFleet } from '../heartbeat/fleet.ts';
import type { Bundle } from './build.ts';

const program = fileURLToPath(new URL('./first-answer.ts', import.meta.url));
const STARTS = 15;
const TOKEN_SECRET = 'bench/token-keys';

type Pairs = ReadonlyMap<string, { readonly ours: Bundle; readonly bare: Bundle }>;
type Asked = {
  readonly event: unknown;
  readonly calls: readonly { readonly command: string; readonly input: object }[];
};

/**
 * From the start of a process to a function's first answer, against a bare handler that makes the same calls: in turns, in
 * one run, over a real Data API and Secrets Manager's wire.
 */
export async function firstAnswers(lifetime: Lifetime, folder: string, pairs: Pairs): Promise<Figure[]> {
  const { dataApi, secrets: databaseSecrets, url } = await startDatabase(lifetime, folder);
  await migrateDatabase({ dataApi, secrets: databaseSecrets });
  const [workspace] = await makeFleet(url, 1);
  const key = randomBytes(32);
  const document = JSON.stringify({ current: 'k1', keys: { k1: key.toString('base64url') } });
  const secrets = await startSecrets({ secrets: { [TOKEN_SECRET]: document } });
  lifetime.parts.defer(() => secrets.stop());
  const database = databaseEnvironment(dataApi);
  const env = {
    ...loopbackEnvironment(),
    ...database,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    TOKEN_SECRET_ID: TOKEN_SECRET,
    RECONCILE_FUNCTION_NAME: 'bench-reconcile',
    BUILD_SHA: 'bench',
    BUILD_VERSION: 'bench',
  };
  const tokens = createJwtTokens(async () => ({ current: 'k1', keys: { k1: new Uint8Array(key) } }));
  const id = workspace?.id ?? '';
  const token = await tokens.sign({ sub: id, gen: 1, ver: 1, kind: 'runtime' });
  const statement = {
    command: 'ExecuteStatementCommand',
    input: {
      resourceArn: database['DATABASE_CLUSTER_ARN'],
      secretArn: database['DATABASE_SECRET_ARN'],
      database: database['DATABASE_NAME'],
      sql: 'SELECT 1',
    },
  };
  const secret = { command: 'GetSecretValueCommand', input: { SecretId: TOKEN_SECRET } };
  const beat = { workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds: 60 };
  const asked: Readonly<Record<string, Asked>> = {
    heartbeat: { event: httpEvent('POST /registry/heartbeat', { token, body: beat }), calls: [secret, statement] },
    register: { event: httpEvent('POST /registry/register', { token, body: { id } }), calls: [secret, statement] },
    ready: { event: httpEvent('GET /ready'), calls: [statement] },
    workspaces: { event: httpEvent('GET /workspaces'), calls: [statement] },
  };
  const figures: Figure[] = [];
  for (const [name, { event, calls }] of Object.entries(asked)) {
    const pair = pairs.get(name);
    if (pair === undefined) throw new ClearError(`There is no function ${name}`);
    figures.push(
      ...(await compare(
        name,
        () => start(pair.ours, event, env),
        () => start(pair.bare, { calls }, env),
      )),
    );
  }
  return figures;
}

async function compare(name: string, ours: () => Promise<number>, bare: () => Promise<number>): Promise<Figure[]> {
  const rounds: { ours: number; bare: number }[] = [];
  for (let round = 0; round < STARTS; round += 1) rounds.push({ ours: await ours(), bare: await bare() });
  const median = (numbers: readonly number[]) => percentile(numbers, 0.5);
  const ratio = median(rounds.map((round) => round.ours / round.bare));
  return [
    {
      name: `${name}: start to first answer against a bare handler`,
      value: rounded(ratio, 2),
      unit: '×',
      budget: '≤ 1.3',
    },
    {
      name: `${name}: start to first answer`,
      value: Math.round(median(rounds.map((round) => round.ours))),
      unit: 'ms',
    },
  ];
}

/** Milliseconds from the start of a process to its answer. */
async function start({ file }: Bundle, event: unknown, env: Record<string, string>): Promise<number> {
  const began = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [program, file, JSON.stringify(event)], { env });
  if (stdout !== '200') throw new ClearError(`${file} answered ${stdout}`);
  return performance.now() - began;
}
