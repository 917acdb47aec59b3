import { readFileSync } from 'node:fs';

/** Whether a process runs: one that has ended, and that nobody has asked about yet, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // A system without /proc gives no better answer.
    return true;
  }
}
