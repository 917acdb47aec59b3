import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** `ps` with each process's environment, of which the agent's home is a part. */
const WITH_ENVIRONMENT = process.platform === 'darwin' ? ['-axEww'] : ['axeww'];

/** The agent of the instance that has this disk; undefined while it does not run. */
export async function processOn(disk: string): Promise<number | undefined> {
  const { stdout } = await promisify(execFile)('ps', [...WITH_ENVIRONMENT, '-o', 'pid=,command='], {
    maxBuffer: 64 * 1_048_576,
  });
  const line = stdout.split('\n').find((one) => `${one} `.includes(`MUSTER_HOME=${disk} `));
  return line === undefined ? undefined : Number.parseInt(line, 10);
}

/** Holds a process still, so that it says nothing, or lets it go on. */
export async function signal(disk: string, name: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const pid = await processOn(disk);
  if (pid === undefined) throw new Error(`no agent runs on ${disk}`);
  process.kill(pid, name);
}
