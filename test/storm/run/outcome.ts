/** An answer as an operator sees it; no status: none came. `code` is the registry's own. */
export type Answer = { readonly status: number | undefined; readonly code: string | undefined; readonly body: unknown };

/**
 * What an answer means in a storm. done: it was carried out. refused: the workspace's status does not allow it. faulted:
 * it failed by a fault, or its answer was lost. wrong: the registry must never answer so.
 */
export type Outcome = 'done' | 'refused' | 'faulted' | 'wrong';

/** What a workspace's status, or somebody else at the same time, may bring a caller who did nothing wrong. */
const REFUSALS: readonly string[] = [
  'transition_not_allowed',
  'active_tasks',
  'workspace_removed',
  'idempotency_key_in_progress',
];

/** What our own trouble is called; an answer without a code is API Gateway's. */
const TROUBLES: readonly (string | undefined)[] = [
  'store_unavailable',
  'provision_failed',
  'launch_not_permitted',
  undefined,
];

export function outcomeOf({ status, code }: Answer): Outcome {
  if (status === undefined) return 'faulted';
  if (status >= 200 && status < 300) return 'done';
  if (status >= 500) return status !== 500 && TROUBLES.includes(code) ? 'faulted' : 'wrong';
  return code !== undefined && REFUSALS.includes(code) ? 'refused' : 'wrong';
}
