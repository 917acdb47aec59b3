import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../lib/domain/errors.ts';
import { ANSWERS, problemResponse } from '../../../lib/middleware/problem.ts';

describe.each(ERROR_CODES)('the answer to %s', (code) => {
  const { retryAfterSeconds, status, agentAction } = ANSWERS[code];
  const response = problemResponse(code, 'r-1');
  const body = JSON.parse(response.body);

  it('is problem+json with its code, status and request id', () => {
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({ code, status, request_id: 'r-1', type: `urn:muster:problem:${code}` });
  });

  it('says when to come back in the header and in the body, or in neither', () => {
    expect(body.retry_after_seconds ?? null).toBe(retryAfterSeconds);
    expect(response.headers['retry-after']).toBe(retryAfterSeconds === null ? undefined : String(retryAfterSeconds));
  });

  it('tells an agent what to do in one or two sentences under 280 characters, never to just try again later', () => {
    expect(agentAction.length).toBeLessThan(280);
    expect(agentAction).not.toMatch(/try again later/i);
    expect(agentAction.split(/[.!?](?:\s|$)/).filter((sentence) => sentence.trim() !== '').length).toBeLessThanOrEqual(
      2,
    );
  });
});
