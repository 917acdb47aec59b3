import type { Instance } from './instance.ts';

/** More than a test's instance goes through; a rebooting fleet must not fill the memory. */
const keptConditions = 16;

/** Keeps the condition of an instance as past; to be called before it changes. */
export function keepPast(instance: Instance): void {
  const { state, stateReason, stateTransitionReason, launchTime, past } = instance;
  const ended = { state, stateReason, stateTransitionReason, launchTime, endedAt: Date.now() };
  instance.past = [...past.slice(1 - keptConditions), ended];
}

/**
 * The instance in the condition of that time, in milliseconds of the clock, and otherwise as it is; the oldest condition
 * that is kept stands for all before it. Undefined where there was no such instance yet.
 */
export function asOf(instance: Instance, time: number): Instance | undefined {
  if (instance.createdAt > time) return undefined;
  const then = instance.past.find(({ endedAt }) => endedAt > time);
  return then ? { ...instance, ...then } : instance;
}
