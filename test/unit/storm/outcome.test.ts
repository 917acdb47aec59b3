import { expect, it } from 'vitest';
import { outcomeOf } from '../../storm/run/outcome.ts';

it.each<[string, number | undefined, string | undefined, ReturnType<typeof outcomeOf>]>([
  ['a success', 202, undefined, 'done'],
  ['no answer', undefined, undefined, 'faulted'],
  ['a status that does not allow it', 409, 'transition_not_allowed', 'refused'],
  ['a workspace that is removed', 410, 'workspace_removed', 'refused'],
  ['an earlier call with the key', 409, 'idempotency_key_in_progress', 'refused'],
  ['another request with the key', 409, 'idempotency_key_conflict', 'wrong'],
  ['a workspace that nobody knows', 404, 'workspace_not_found', 'wrong'],
  ['a request that is not understood', 400, 'invalid_request', 'wrong'],
  ['a database that does not answer', 503, 'store_unavailable', 'faulted'],
  ['an instance that cannot be had', 503, 'provision_failed', 'faulted'],
  ['a function that ran out of time', 503, undefined, 'faulted'],
  ['a function that threw', 500, undefined, 'wrong'],
  ['a defect', 500, 'internal_error', 'wrong'],
])('takes %s for what it is', (_, status, code, outcome) => {
  expect(outcomeOf({ status, code, body: undefined })).toBe(outcome);
});
