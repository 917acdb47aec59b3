import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';

const functions = join(import.meta.dirname, '../../../functions');
/** These answer without anything beside their code. */
const UNCONFIGURED: readonly string[] = ['not-found', 'problems'];
const names = (await readdir(functions)).filter((name) => !UNCONFIGURED.includes(name));

const load = (name: string): Promise<unknown> => import(join(functions, name, 'index.ts'));

describe('a function without its configuration', () => {
  it.each(names)('%s stops at start, with one line that names what is missing', async (name) => {
    vi.resetModules();
    await expect(load(name)).rejects.toThrow(/^Configuration: [A-Z_]+ is missing(; [A-Z_]+ is missing)*$/);
  });

  it('that is malformed says so', async () => {
    vi.resetModules();
    vi.stubEnv('DATABASE_CLUSTER_ARN', 'not an arn');
    vi.stubEnv('DATABASE_SECRET_ARN', 'arn:aws:secretsmanager:us-east-1:1:secret:s');
    vi.stubEnv('DATABASE_NAME', 'muster');
    await expect(load('liveness')).rejects.toThrow('Configuration: DATABASE_CLUSTER_ARN is not an ARN');
    vi.unstubAllEnvs();
  });
});
