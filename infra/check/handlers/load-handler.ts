import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LoadHandler } from './handlers.ts';

/** Milliseconds for one function to load, on a busy machine. */
const LOAD_MS = 30_000;

/** What Lambda adds to a function's own environment. */
const LAMBDA = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'example',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_LAMBDA_FUNCTION_NAME: 'example',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
};

const LOADS = `
const { handler, file } = JSON.parse(process.argv[1]);
const loaded = require(file);
if (typeof loaded[handler] !== 'function') throw new Error('it exports no function ' + handler + ', but ' + (Object.keys(loaded).join(', ') || 'nothing'));
process.exit(0);
`;

/** Loads bundles as Lambda would, each in a process of its own with the function's environment and no other. */
export function handlerLoader(folder: string): LoadHandler {
  return async ({ name, files }, file, handler, environment) => {
    const root = join(folder, name);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    const order = JSON.stringify({ handler, file: join(root, file) });
    try {
      return await new Promise((resolve) => {
        const options = { cwd: root, env: { ...LAMBDA, ...environment }, timeout: LOAD_MS };
        execFile(process.execPath, ['-e', LOADS, order], options, (error, _output, said) =>
          resolve(error === null ? undefined : failureIn(said)),
        );
      });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  };
}

/** The line of a stack trace that names the error. */
const failureIn = (said: string): string =>
  said.split('\n').find((line) => /^\S*Error\b/.test(line)) ??
  (said.trim().split('\n').at(-1) || 'it did not end in time');
