import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../control/fault-state.ts';
import { toError } from '../control/faults.ts';
import { Ec2Error } from './ec2-error.ts';

/**
 * What becomes of a call that a fault takes: its answer, late; or undefined, when none is to come.
 * @param act carries the action out and gives its answer
 * @throws {Ec2Error} the fault's refusal, or of a slow call what EC2 refuses.
 */
export async function meetFault(fault: Fault, act: () => string): Promise<string | undefined> {
  if ('delay' in fault)
    return fault.when === 'after' ? actThenPause(act, fault.latencyMs) : pauseThenAct(act, fault.latencyMs);
  if (fault.when === 'after') actUnheard(act);
  if ('hang' in fault) return undefined;
  await pause(fault.latencyMs);
  throw toError(fault);
}

export async function pause(ms: number | undefined): Promise<void> {
  if (ms) await delay(ms, undefined, { ref: false });
}

async function pauseThenAct(act: () => string, ms: number): Promise<string> {
  await pause(ms);
  return act();
}

async function actThenPause(act: () => string, ms: number): Promise<string> {
  try {
    return act();
  } finally {
    await pause(ms);
  }
}

/** Acts without an answer: what EC2 would refuse is not done, and nobody hears why. */
function actUnheard(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Ec2Error)) console.error('EC2 server:', error);
  }
}
