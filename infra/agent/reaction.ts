import type { Refusal } from './registry-answers.ts';

/** A call that brought no answer that can be read: no connection, a timeout, 200 with something else in it. */
export type Unreachable = { readonly kind: 'unreachable'; readonly reason: string };

/** What the agent does about a call that failed. */
export type Reaction = 'register_again' | 'poll_state' | 'end' | 'back_off';

/**
 * The decision table for answers that are not 200; the same for register, heartbeat and state.
 * Everything that is not named backs off: also 403, 404 and 413 can be a passing fault of what stands in between, and
 * a runtime that gave up over one would need hands to bring it back.
 */
export function reactionTo(failure: Refusal | Unreachable): Reaction {
  if (failure.kind === 'unreachable') return 'back_off';
  switch (failure.status) {
    case 401:
      return 'register_again';
    case 409:
      return 'poll_state';
    case 410:
      return 'end';
    default:
      return 'back_off';
  }
}
