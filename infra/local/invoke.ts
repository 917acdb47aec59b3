import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventFileOf } from './host/function-events.ts';
import { spawnServerless } from './host/serverless-process.ts';
import { createRunFolder } from './postgres/run-folder.ts';
import { newestStack } from './stack/published-stack.ts';

/** The framework itself needs 3 s, a function at most 60. */
const withinMs = 75_000;

const usage = 'Usage: npm run invoke -- <function> [--event FILE]';

/** `npm run invoke`: one function through the framework's `invoke local`, against the newest running stack. */
async function invoke(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { event: { type: 'string' } } });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new Error(usage);
  const event = await eventFileOf(name, values.event);
  const stack = await newestStack();
  if (stack === undefined) throw new Error('No stack runs: npm start it first, in another terminal.');

  // Should this be killed outright, the next start takes it away.
  const folder = await createRunFolder();
  try {
    return await run(
      ['invoke', 'local', '--function', name, '--path', event],
      stack.environment,
      join(folder, 'build'),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(args: string[], environment: Record<string, string>, buildFolder: string): Promise<number> {
  const child = spawnServerless({
    args,
    environment,
    buildFolder,
    nodeArgs: ['--enable-source-maps'],
    // The framework would wait for an event on stdin.
    stdin: 'ignore',
    output: 'inherit',
    detached: false,
  });
  // Ctrl-C, or the terminal's going, ends the function; this lives on to take the bundles away.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The function did not end within ${withinMs / 1_000} s.`));
    }, withinMs);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code ?? 1);
    });
  });
}

try {
  process.exitCode = await invoke(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
