import { describe, expect, it } from 'vitest';
import { handler as problems } from '../../../functions/problems/index.ts';
import { ERROR_CODES } from '../../../lib/domain/errors.ts';
import { ANSWERS } from '../../../lib/middleware/answers.ts';
import { problemResponse } from '../../../lib/middleware/problem.ts';
import { httpEvent, lambdaContext } from '../../support/events.ts';

/** How an order to an agent may begin, at the start of a sentence or of a part of one. */
const ORDERS = /(?:^|[.;:,] |\bthen )(?:Ask|Check|Correct|Read|Register|Restart|Send|Stop|register|send|stop)\b/;

const pageOf = async (link: string) => {
  const code = link.replace('/problems/', '');
  const event = { ...httpEvent('GET /problems/{code}'), rawPath: link, pathParameters: { code } };
  const { statusCode, body, headers } = await problems(event, lambdaContext());
  return { status: statusCode, body: JSON.parse(body ?? 'null'), headers };
};

describe.each(ERROR_CODES)('the answer to %s', (code) => {
  const { retryAfterSeconds, status, title, detail } = ANSWERS[code];
  const response = problemResponse(code, 'r-1');
  const body = JSON.parse(response.body);

  it('is problem+json with its code, status and request id', () => {
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.statusCode).toBe(status);
    expect(body).toMatchObject({ code, status, title, detail, request_id: 'r-1' });
  });

  it('says when to come back in the header and in the body, or in neither', () => {
    expect(body.retry_after_seconds ?? null).toBe(retryAfterSeconds);
    expect(response.headers).toMatchObject(retryAfterSeconds === null ? {} : { 'retry-after': `${retryAfterSeconds}` });
    expect(Object.keys(response.headers).includes('retry-after')).toBe(retryAfterSeconds !== null);
  });

  it('tells an agent what to do in one or two sentences and a link, in at most 280 characters', () => {
    const [, order = '', link] = /^(.+[.!?]) More: (\S+)$/.exec(body.agent_action) ?? [];
    expect(body.agent_action.length).toBeLessThanOrEqual(280);
    expect(order).toMatch(ORDERS);
    expect(order).not.toMatch(/try again later/i);
    expect(order.split(/[.!?](?:\s|$)/).filter((sentence) => sentence.trim() !== '').length).toBeLessThanOrEqual(2);
    expect(link).toBe(body.type);
  });

  it('is explained where its type leads', async () => {
    const page = await pageOf(body.type);
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'max-age=300' });
    expect(page.body).toMatchObject({ type: body.type, code, status, title, detail });
    expect(body.agent_action).toContain(page.body.agent_action);
  });
});

it.each(['no_such_code', 'constructor', ''])('there is no page for %j', async (code) => {
  const page = await pageOf(`/problems/${code}`);
  expect(page.status).toBe(404);
  expect(page.body.code).toBe('route_not_found');
  expect(page.headers).toMatchObject({ 'cache-control': 'no-store' });
});

it('details and further headers stand beside the code', () => {
  const { headers, body } = problemResponse('transition_not_allowed', 'r-1', { allowed: ['wake'] }, { 'x-a': 'b' });
  expect(headers).toMatchObject({ 'x-a': 'b', 'content-type': 'application/problem+json' });
  expect(JSON.parse(body)).toMatchObject({ code: 'transition_not_allowed', allowed: ['wake'] });
});
