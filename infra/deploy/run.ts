import { resolve } from 'node:path';
import { Interrupted, WrongUsage, wordsOf } from './failures.ts';
import { withPorts } from './open.ts';
import type { Place } from './options.ts';
import type { Ports } from './ports.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs one of the commands of a deployment; a signal ends what it has started, and it says where it was.
 * @returns the exit code: 0, 1 for a step that failed, 2 for a command line that is none, 130 after a signal
 */
export async function run<Line extends Place>(
  read: (args: readonly string[], env: NodeJS.ProcessEnv) => Line,
  work: (line: Line, ports: Ports) => Promise<void>,
): Promise<number> {
  const over = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => over.abort());
  const say = (line: string) => process.stdout.write(`${line}\n`);
  try {
    const line = read(process.argv.slice(2), process.env);
    // The clients that are not told a Region look here.
    process.env['AWS_REGION'] = line.region;
    await withPorts(line, { root: ROOT, say, over: over.signal }, (ports) => work(line, ports));
    return 0;
  } catch (error) {
    process.stderr.write(`FAILED: ${wordsOf(error)}\n`);
    if (error instanceof WrongUsage) return 2;
    return error instanceof Interrupted ? 130 : 1;
  }
}
