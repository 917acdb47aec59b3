import { rm } from 'node:fs/promises';
import {
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type ExecuteStatementCommandOutput,
  type Field,
  RDSDataClient,
  type SqlParameter,
} from '@aws-sdk/client-rds-data';
import { startDataApi } from '../../../infra/local/data-api/server.ts';
import { createRunFolder } from '../../../infra/local/postgres/run-folder.ts';
import { type Postgres, startPostgres } from '../../../infra/local/postgres/start-postgres.ts';

/** What every request to the Data API carries. */
export const TARGET = {
  resourceArn: 'arn:aws:rds:us-east-1:123456789012:cluster:test',
  secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:test-a1B2c3',
  database: 'postgres',
};

export type Stack = {
  /** A test that starts PostgreSQL again puts the new server here. */
  postgres: Postgres;
  url: string;
  client: RDSDataClient;
  execute(
    sql: string,
    parameters?: SqlParameter[],
    more?: Partial<ExecuteStatementCommandInput>,
  ): Promise<ExecuteStatementCommandOutput>;
  /** The first row of a result. */
  row(sql: string, parameters?: SqlParameter[], more?: Partial<ExecuteStatementCommandInput>): Promise<Field[]>;
  /** Calls a route below /_control. */
  control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown>;
  stop(): Promise<void>;
};

/** Starts PostgreSQL, the Data API server over it, and a client of the real SDK. */
export async function startStack(options: Omit<Parameters<typeof startDataApi>[0], 'postgres'> = {}): Promise<Stack> {
  const postgres = await startPostgres({ folder: await createRunFolder() });
  const api = await startDataApi({ ...options, postgres });
  const client = createClient(api.url);

  const execute: Stack['execute'] = async (sql, parameters = [], more = {}) =>
    await client.send(new ExecuteStatementCommand({ ...TARGET, sql, parameters, ...more }));

  const row: Stack['row'] = async (...call) => (await execute(...call)).records?.[0] ?? [];

  const control: Stack['control'] = async (method, path, body) => {
    const response = await fetch(`${api.url}/_control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };

  const stack: Stack = {
    postgres,
    url: api.url,
    client,
    execute,
    row,
    control,
    stop: async () => {
      client.destroy();
      await api.stop();
      await stack.postgres.stop();
      await rm(postgres.folder, { recursive: true, force: true });
    },
  };
  return stack;
}

/** @param maxAttempts how often a call is tried in all; as the SDK has it when absent */
export function createClient(endpoint: string, maxAttempts?: number): RDSDataClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new RDSDataClient({ endpoint, region: 'us-east-1', credentials, ...(maxAttempts && { maxAttempts }) });
}

export const text = (name: string, stringValue: string): SqlParameter => ({ name, value: { stringValue } });
export const long = (name: string, longValue: number): SqlParameter => ({ name, value: { longValue } });
