import { readdir, readFile } from 'node:fs/promises';

/** Of a second: what Linux counts processor time in. */
const TICKS = 100;

/** Resident memory of a process, in MB. Linux only. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_000;
}

/** Seconds of processor time that a process and its children have taken, also those that ended. Linux only. */
export async function processorSeconds(pid: number): Promise<number> {
  let ticks = 0;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // After the command's name, which may hold anything: state, parent, …, utime, stime, and those of ended children.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (name !== String(pid) && fields[1] !== String(pid)) continue;
    ticks += Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
  }
  return ticks / TICKS;
}
