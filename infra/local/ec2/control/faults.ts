import { z } from 'zod';
import { Ec2Error } from '../query/ec2-error.ts';

/** Body of POST /_control/faults; it replaces the whole fault state. */
export const faultState = z.strictObject({
  /** added before every action, in milliseconds */
  latencyMs: z.number().nonnegative().optional(),
  errors: z
    .array(
      z.strictObject({
        /** the action to refuse; any when absent */
        action: z.string().optional(),
        code: z.string().min(1),
        message: z.string().optional(),
        /** HTTP status; EC2's for the code when absent */
        status: z.int().min(400).max(599).optional(),
        /** how many calls to refuse; until cleared when absent */
        times: z.int().positive().optional(),
      }),
    )
    .optional(),
});
export type FaultState = z.output<typeof faultState>;

const messages: Readonly<Record<string, string>> = {
  AuthFailure: 'AWS was not able to validate the provided access credentials',
  InsufficientInstanceCapacity: 'We currently do not have sufficient capacity in the Availability Zone you requested.',
  InternalError: 'An internal error has occurred',
  RequestLimitExceeded: 'Request limit exceeded.',
  Unavailable: 'The service is unavailable. Please try again shortly.',
  UnauthorizedOperation: 'You are not authorized to perform this operation.',
};

/** What this server has been told to do wrong, and how often each action was called. */
export class Faults {
  state: FaultState = {};
  readonly #calls = new Map<string, number>();

  get calls(): Record<string, number> {
    return Object.fromEntries(this.#calls);
  }

  count(action: string): void {
    this.#calls.set(action, (this.#calls.get(action) ?? 0) + 1);
  }

  resetCalls(): void {
    this.#calls.clear();
  }

  /** @throws {Ec2Error} the first error that is set for this action; one with `times` is used up by it. */
  refuse(action: string): void {
    const error = this.state.errors?.find((candidate) => candidate.action === undefined || candidate.action === action);
    if (!error) return;
    if (error.times !== undefined) {
      const left = { ...error, times: error.times - 1 };
      const errors = this.state.errors?.flatMap((entry) => (entry !== error ? entry : left.times > 0 ? left : []));
      this.state = { ...this.state, errors };
    }
    throw new Ec2Error(error.code, error.message ?? messages[error.code] ?? error.code, error.status);
  }
}
