import { createHash } from 'node:crypto';
import { Ec2Error } from '../query/ec2-error.ts';
import type { Call } from './call.ts';
import { isAbout, pageOf } from './call.ts';
import type { Fault, FaultState, Refusal } from './fault-state.ts';

const messages: Readonly<Record<string, string>> = {
  AuthFailure: 'AWS was not able to validate the provided access credentials',
  InsufficientInstanceCapacity: 'We currently do not have sufficient capacity in the Availability Zone you requested.',
  InternalError: 'An internal error has occurred',
  RequestLimitExceeded: 'Request limit exceeded.',
  Unavailable: 'The service is unavailable. Please try again shortly.',
  UnauthorizedOperation: 'You are not authorized to perform this operation.',
};

/** A fault that is set: how many calls it may still take, and how many it was held against. */
type Entry = { readonly fault: Fault; readonly index: number; left: number; drawn: number };

/** What this server has been told to do wrong, and how often each action was called. */
export class Faults {
  #state: FaultState = {};
  #entries: Entry[] = [];
  readonly #calls = new Map<string, number>();

  /** As it was set, but for what was used up. */
  get state(): FaultState {
    if (!this.#state.errors) return this.#state;
    const errors = this.#entries.map(({ fault, left }) =>
      fault.times === undefined ? fault : { ...fault, times: left },
    );
    return { ...this.#state, errors };
  }

  set state(state: FaultState) {
    this.#state = state;
    this.#entries = (state.errors ?? []).map((fault, index) => ({
      fault,
      index,
      left: fault.times ?? Number.POSITIVE_INFINITY,
      drawn: 0,
    }));
  }

  get calls(): Record<string, number> {
    return Object.fromEntries(this.#calls);
  }

  count(action: string): void {
    this.#calls.set(action, (this.#calls.get(action) ?? 0) + 1);
  }

  resetCalls(): void {
    this.#calls.clear();
  }

  /** The fault that this call is to meet, if any; one with `times` is used up by it. */
  take(call: Call): Fault | undefined {
    const entry = this.#entries.find((candidate) => this.#takes(candidate, call));
    if (!entry) return undefined;
    entry.left--;
    if (entry.left === 0) this.#entries = this.#entries.filter((candidate) => candidate !== entry);
    return entry.fault;
  }

  #takes(entry: Entry, call: Call): boolean {
    const { fault, index } = entry;
    if (fault.action !== undefined && fault.action !== call.action) return false;
    if (fault.page !== undefined && fault.page !== pageOf(call)) return false;
    if (fault.zone !== undefined && !isAbout(fault.zone, call)) return false;
    return fault.share === undefined || fraction(`${this.#state.seed ?? 0} ${index} ${entry.drawn++}`) < fault.share;
  }
}

export function toError({ code, message, status }: Refusal): Ec2Error {
  return new Ec2Error(code, message ?? messages[code] ?? code, status);
}

/**
 * A number from 0 to below 1 that looks like chance and is always the same for the same key. Each fault counts its own
 * calls, so what other actions run meanwhile does not change which of them it takes.
 */
function fraction(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE() / 2 ** 32;
}
