import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ServeOptions } from './options.ts';

const program = fileURLToPath(new URL('../serve.ts', import.meta.url));
const announcement = z.object({ url: z.string(), subnetIds: z.record(z.string(), z.string()) });

export type Ec2Process = z.output<typeof announcement> & {
  readonly pid: number | undefined;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
};

/**
 * Starts the EC2 server as a process of its own, which ends with this one however this one ends.
 * @throws {Error} when it ends before it listens; why is on stderr.
 */
export async function startEc2Process(options: ServeOptions = {}): Promise<Ec2Process> {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const line = await firstLine(child.stdout, child);
  return {
    ...announcement.parse(JSON.parse(line)),
    pid: child.pid,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

async function firstLine(output: Readable, child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: output })) return line;
  throw new Error(`The EC2 server ended (exit code ${child.exitCode}) before it listened`);
}
