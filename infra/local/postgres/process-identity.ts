import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * What tells one process from a later one with the same id: when it started, in a form of the system's own.
 *
 * @returns undefined if no process has this id
 */
export async function startOf(processId: number): Promise<string | undefined> {
  if (platform !== 'linux') return await ps(processId, 'lstart=');
  const stat = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name in parentheses and may hold spaces; proc(5) counts starttime as field 22.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

/**
 * The command line of a process, its arguments parted by spaces.
 *
 * @returns undefined if no process has this id
 */
export async function commandOf(processId: number): Promise<string | undefined> {
  if (platform !== 'linux') return await ps(processId, 'command=');
  const line = await readFile(`/proc/${processId}/cmdline`, 'utf8').catch(() => '');
  return line.replaceAll('\0', ' ').trim() || undefined;
}

async function ps(processId: number, column: string): Promise<string | undefined> {
  const found = await run('ps', ['-ww', '-o', column, '-p', String(processId)]).catch(() => undefined);
  return found?.stdout.trim() || undefined;
}
