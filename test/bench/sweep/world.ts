import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { build } from 'esbuild';
import { Client } from 'pg';
import { z } from 'zod';
import { startEc2Process } from '../../../infra/local/ec2/serve/start-ec2-process.ts';
import { loopbackEnvironment } from '../../../infra/local/host/serverless-process.ts';
import { createRunFolder } from '../../../infra/local/postgres/run-folder.ts';
import { databaseEnvironment } from '../../../infra/local/stack/function-environment.ts';
import type { Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { migrateDatabase, startDatabase } from '../../../infra/local/stack/start-database.ts';
import { batchesOf } from '../../../lib/domain/batches.ts';
import { startLambda } from '../../support/lambda-server.ts';

const program = fileURLToPath(new URL('./one-run.ts', import.meta.url));

/** Bundled as the functions are, so that it needs the memory that they need. */
async function bundled(folder: string): Promise<string> {
  const outfile = join(folder, 'one-run.cjs');
  const options = { bundle: true, minify: true, keepNames: true, platform: 'node', format: 'cjs' } as const;
  await build({ ...options, entryPoints: [program], outfile, mainFields: ['module', 'main'], logLevel: 'warning' });
  return outfile;
}

/** What Lambda's bootstrap of Node tells V8 of a function's memory: a tenth of it is for what is young. */
function heapOf(memoryMb: number): string[] {
  const young = Math.floor(memoryMb / 10);
  return [`--max-semi-space-size=${Math.floor(young / 2)}`, `--max-old-space-size=${memoryMb - young}`];
}

const TERMINATED_A_CALL = 500;

const run = z.object({
  ms: z.number(),
  cpuMs: z.number(),
  rssMb: z.number(),
  summary: z.looseObject({ flipped: z.int().default(0), backlog: z.int().default(0), asked: z.int().default(0) }),
});

/** What one run of a function answered and cost, in a process of its own. */
export type Run = z.output<typeof run>;

/** PostgreSQL behind the Data API, and EC2 as a process of its own, whose instances are entries in a table. */
export async function startWorld(lifetime: Lifetime, eventsUrl?: string) {
  const folder = await createRunFolder();
  lifetime.parts.defer(() => rm(folder, { recursive: true, force: true }));
  const { dataApi, url, secrets } = await startDatabase(lifetime, folder);
  await migrateDatabase({ dataApi, secrets });
  const timings = { pendingMs: 0, stoppingMs: 0, shuttingDownMs: 0 };
  const ec2 = await startEc2Process({ timings, ...(eventsUrl !== undefined && { eventsUrl }) });
  lifetime.parts.defer(() => ec2.stop());
  const runOnce = await bundled(folder);
  const lambda = await startLambda();
  lifetime.parts.defer(() => lambda.stop());
  const database = new Client(url);
  await database.connect();
  lifetime.parts.defer(() => database.end());

  const environment = {
    ...databaseEnvironment(dataApi),
    AWS_ENDPOINT_URL_EC2: ec2.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    CONVERGE_FUNCTION_NAME: 'bench-converge',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  const control = async (method: string, path: string, body?: unknown) => {
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(`${ec2.url}/_control/${path}`, init);
    if (!answer.ok) throw new Error(`the EC2 server refused ${path}: ${await answer.text()}`);
    return await answer.json();
  };

  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new EC2Client({ endpoint: ec2.url, region: 'us-east-1', credentials });

  return {
    environment,
    zones: Object.keys(ec2.subnetIds),
    sql: async (text: string, values: readonly unknown[] = []) => (await database.query(text, [...values])).rows,
    control,
    /** Terminates all of them at once, as far as one call of EC2 goes. */
    async terminate(ids: readonly string[]): Promise<void> {
      const calls = batchesOf(ids, TERMINATED_A_CALL).map((InstanceIds) =>
        client.send(new TerminateInstancesCommand({ InstanceIds: [...InstanceIds] })),
      );
      await Promise.all(calls);
    },
    /** EC2's latency in milliseconds; forgets the calls so far. */
    async latency(latencyMs: number): Promise<void> {
      await control('POST', 'faults', { latencyMs });
      await control('DELETE', 'calls');
    },
    /** Calls to EC2 since the latency was set. */
    async calls(): Promise<number> {
      const calls = z.record(z.string(), z.int()).parse(await control('GET', 'calls'));
      return Object.values(calls).reduce((sum, count) => sum + count, 0);
    },
    /** @param memoryMb of the function */
    async run(name: 'sweep' | 'liveness', memoryMb = 256): Promise<Run> {
      const env = { ...loopbackEnvironment(), ...environment };
      const { stdout } = await promisify(execFile)(process.execPath, [...heapOf(memoryMb), runOnce, name], { env });
      return run.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;
