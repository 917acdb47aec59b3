import { expect, it } from 'vitest';
import { reactionTo } from '../../../infra/agent/reaction.ts';
import { readRefusal } from '../../../infra/agent/registry-answers.ts';

it.each([
  [401, 'register_again', 'the token is of another generation or version'],
  [409, 'poll_state', 'paused or hibernated'],
  [410, 'end', 'removed is final'],
  [429, 'back_off', 'throttled'],
  [500, 'back_off', 'a fault of the registry'],
  [502, 'back_off', 'a function that crashed'],
  [503, 'back_off', 'the database is away'],
  [504, 'back_off', 'a function that took too long'],
  [403, 'back_off', 'a rule in front of the registry, which can be taken back'],
  [404, 'back_off', 'a deployment that is under way'],
  [413, 'back_off', 'nothing that asking at once would mend'],
  [400, 'back_off', 'nothing that asking at once would mend'],
  [301, 'back_off', 'the token goes to the registry only'],
  [204, 'back_off', 'no answer of this registry'],
] as const)('%i means %s: %s', (status, reaction, _why) => {
  expect(reactionTo(readRefusal(status, '', null))).toBe(reaction);
});

it('no answer at all means back_off', () => {
  expect(reactionTo({ kind: 'unreachable', reason: 'ECONNREFUSED' })).toBe('back_off');
});

const problem = { type: 'about:blank', title: 'Unavailable', status: 503, code: 'unavailable', request_id: 'r' };

it.each([
  {
    title: 'problem+json',
    body: JSON.stringify({ ...problem, detail: 'The database is away.', retry_after_seconds: 1.5 }),
    header: null,
    expected: { code: 'unavailable', reason: 'HTTP 503: unavailable: The database is away.', retryAfterMs: 1_500 },
  },
  {
    title: 'problem+json that leaves the wait to the header',
    body: JSON.stringify(problem),
    header: '30',
    expected: { code: 'unavailable', reason: 'HTTP 503: unavailable: Unavailable', retryAfterMs: 30_000 },
  },
  {
    title: 'problem+json that disagrees with the header',
    body: JSON.stringify({ ...problem, retry_after_seconds: 2 }),
    header: '30',
    expected: { code: 'unavailable', reason: 'HTTP 503: unavailable: Unavailable', retryAfterMs: 2_000 },
  },
  {
    title: 'API Gateway’s own body',
    body: '{"message":"Service Unavailable"}',
    header: null,
    expected: { reason: 'HTTP 503: Service Unavailable' },
  },
  {
    title: 'API Gateway’s body without words',
    body: '{"message":null}',
    header: null,
    expected: { reason: 'HTTP 503' },
  },
  {
    title: 'HTML of something in between',
    body: '<html>',
    header: '5',
    expected: { reason: 'HTTP 503', retryAfterMs: 5_000 },
  },
  {
    title: 'a Retry-After that is a date',
    body: '',
    header: 'Wed, 21 Oct 2026 07:28:00 GMT',
    expected: { reason: 'HTTP 503' },
  },
])('reads $title', ({ body, header, expected }) => {
  expect(readRefusal(503, body, header)).toEqual({ kind: 'refused', status: 503, ...expected });
});
