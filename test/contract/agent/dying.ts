import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Loaded into an agent before its own code (`node --import`): counts what the agent does to its disk and the programs
 * that it starts, and kills the agent before one of these steps: `3 rename`, the third of that name, since how many writes come before it
 * depends on how a download is cut. Where none is named it writes down all that come.
 */
const dieAt = process.env['DIE_AT'];
const steps = process.env['DIE_STEPS'];

const counts = new Map<string, number>();
const write = fs.appendFileSync;

function step(name: string): void {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  const identity = `${count} ${name}`;
  if (steps !== undefined) write(steps, `${identity}\n`);
  if (identity === dieAt) process.kill(process.pid, 'SIGKILL');
}

/** Whether a file is opened to be read only, which changes nothing. */
const isReading = ([, flags]: readonly unknown[]): boolean => flags === undefined || flags === 'r' || flags === 0;

function count(owner: object, name: string, stepName = name): void {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== 'function') throw new Error(`there is no ${name}`);
  Reflect.set(owner, name, function counted(this: unknown, ...args: unknown[]): unknown {
    if (name !== 'open' || !isReading(args)) step(stepName);
    return Reflect.apply(original, this, args);
  });
}

for (const name of ['open', 'mkdir', 'mkdtemp', 'rename', 'rm', 'symlink']) count(fs.promises, name);
// The archive's unpacker has an older way to the disk.
for (const name of ['open', 'mkdir', 'write', 'writev', 'symlink', 'link']) count(fs, name, `unpack ${name}`);
count(childProcess, 'spawn');
const { prototype } = (await fs.promises.open('/')).constructor;
for (const name of ['writeFile', 'sync']) count(prototype, name);
syncBuiltinESMExports();
