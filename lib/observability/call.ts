import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line of a call's log says. */
export type CallKeys = {
  readonly requestId: string;
  readonly workspaceId?: string | undefined;
  readonly generation?: number | undefined;
};

/** One call of a function. */
type Call = {
  keys: CallKeys;
  /** How long each of its database calls took, in milliseconds; undefined: nobody asks. */
  readonly databaseCallsMs: number[] | undefined;
};

/** Bound to the call and to all that it awaits, so that nothing of it stands in the log of another one. */
const calls = new AsyncLocalStorage<Call>();

/**
 * Does one call's work, whose log lines then carry its keys.
 * @param timesDatabase whether its database calls are timed, for {@link databaseCallsMs}
 */
export function inCall<Result>(
  keys: CallKeys,
  { timesDatabase }: { readonly timesDatabase: boolean },
  work: () => Result,
): Result {
  return calls.run({ keys, databaseCallsMs: timesDatabase ? [] : undefined }, work);
}

/** Adds what is known by now of the present call to its log lines; only what is proved, never what a caller claims. */
export function noteInCall(keys: Partial<CallKeys>): void {
  const call = calls.getStore();
  if (call !== undefined) call.keys = { ...call.keys, ...keys };
}

/** The keys of the present call; none outside of one. */
export const callKeys = (): Partial<CallKeys> => calls.getStore()?.keys ?? {};

/** Notes how long one database call of the present call took. */
export function noteDatabaseCall(milliseconds: number): void {
  calls.getStore()?.databaseCallsMs?.push(milliseconds);
}

/** How long each database call of the present call took, in milliseconds. */
export const databaseCallsMs = (): readonly number[] => calls.getStore()?.databaseCallsMs ?? [];
