import type { ErrorCode, ErrorDetails } from '../domain/errors.ts';
import { ANSWERS, type Answer } from './answers.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Where a code's own page is, relative to the API: the `type` of its answers (RFC 9457, section 3.1.1). */
const problemPath = (code: ErrorCode): string => `/problems/${code}`;

/** What an agent is told to do: it ends with the link to the code's page. */
const agentActionOf = (code: ErrorCode): string => `${ANSWERS[code].agentAction} More: ${problemPath(code)}`;

/** What a code means and what to do about it, as its own page says it. */
export function problemPage(code: ErrorCode) {
  const { status, title, detail, retryAfterSeconds }: Answer = ANSWERS[code];
  return {
    type: problemPath(code),
    code,
    status,
    title,
    detail,
    retry_after_seconds: retryAfterSeconds,
    agent_action: ANSWERS[code].agentAction,
  };
}

/** An RFC 9457 answer, ready for API Gateway. */
export function problemResponse(
  code: ErrorCode,
  requestId: string,
  details: ErrorDetails = {},
  headers: Readonly<Record<string, string>> = {},
) {
  const { status, title, detail, retryAfterSeconds }: Answer = ANSWERS[code];
  return {
    statusCode: status,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...headers,
    },
    body: JSON.stringify({
      type: problemPath(code),
      title,
      status,
      detail,
      code,
      request_id: requestId,
      ...(retryAfterSeconds === null ? {} : { retry_after_seconds: retryAfterSeconds }),
      agent_action: agentActionOf(code),
      ...details,
    }),
  };
}
