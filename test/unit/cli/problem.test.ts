import { describe, expect, it } from 'vitest';
import { readRefusal } from '../../../infra/cli/registry/problem.ts';

const whole = {
  type: 'urn:muster:problem:transition_refused',
  title: 'Not from here',
  status: 409,
  detail: 'The workspace is paused.',
  code: 'transition_refused',
  request_id: 'r1',
  retry_after_seconds: 5,
  agent_action: 'Resume it first.',
  errors: [
    { field: 'labels', message: 'too many' },
    { field: 'name', message: 'empty' },
  ],
  workspace_id: 'w1',
  allowed: ['resume', 'remove'],
  version: 3,
};

describe('an answer of refusal', () => {
  it.each<[what: string, status: number, body: unknown, line: string]>([
    [
      'everything that a problem document can say',
      409,
      whole,
      'Refused (409 transition_refused): The workspace is paused. Fields: labels: too many; name: empty. ' +
        'Allowed: resume, remove. Version: 3. Workspace: w1. Resume it first. (request r1)',
    ],
    ['its title where it has no detail', 404, { code: 'c', title: 'No such' }, 'Refused (404 c): No such'],
    [
      'that nothing is allowed',
      410,
      { code: 'c', detail: 'Gone.', allowed: [] },
      'Refused (410 c): Gone. Allowed: nothing.',
    ],
    [
      'the rest of a problem of which a part is malformed',
      409,
      {
        code: 'c',
        detail: 'D.',
        errors: 'many',
        allowed: 7,
        version: 'x',
        retry_after_seconds: 'x',
        agent_action: 'Do it.',
      },
      'Refused (409 c): D. Do it.',
    ],
    ['what API Gateway says', 429, { message: 'Too Many Requests' }, 'Refused (429 by API Gateway): Too Many Requests'],
    [
      'where to look when API Gateway forbids it',
      403,
      { message: 'Forbidden' },
      'Refused (403 by API Gateway): Forbidden. Check your AWS identity, what it may do, and the region',
    ],
  ])('is one line that tells %s', (_, status, body, line) => {
    expect(readRefusal(status, JSON.stringify(body), null).message).toBe(line);
  });

  it.each([
    ['', 'Refused (502):'],
    ['<html>\n<b>Bad\tGateway</b>\n', 'Refused (502): <html> <b>Bad Gateway</b>'],
    ['["list"]', 'Refused (502): ["list"]'],
    ['x'.repeat(5_000), `Refused (502): ${'x'.repeat(200)}`],
  ])('is quoted, at most 200 characters of it, where it is no problem document: %j', (body, line) => {
    expect(readRefusal(502, body, null).message).toBe(line);
  });

  it('sends no control characters of others to the terminal', () => {
    const body = JSON.stringify({ code: 'c', detail: 'a\u001b[2Jb\u009bc\r\nd' });
    expect(readRefusal(400, body, null).message).toBe('Refused (400 c): a [2Jb c d');
  });

  it.each<[header: string | null, body: unknown, seconds: number | null]>([
    [null, {}, null],
    ['7', {}, 7],
    ['7', { retry_after_seconds: 5 }, 5],
    ['Wed, 21 Oct 2026 07:28:00 GMT', {}, null],
    ['-3', {}, null],
  ])('asks with the header %j and the body %j to wait %s s', (header, body, seconds) => {
    expect(readRefusal(503, JSON.stringify(body), header)).toMatchObject({ status: 503, retryAfterSeconds: seconds });
  });
});
