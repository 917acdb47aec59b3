import type { Step } from './plan.ts';

/** One line of a printed plan: everything that was drawn for the step. */
export function describeStep({ afterMs, kind, ...details }: Step): string {
  return `+${String(afterMs).padStart(3)} ms  ${kind} ${JSON.stringify(details)}`;
}
