import type { ErrorCode, ErrorDetails } from '../domain/errors.ts';

/** How one error code is answered. `retryAfterSeconds`: null where the same call would be refused again. */
type Answer = {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly retryAfterSeconds: number | null;
  /** One or two imperative sentences: the reason and the next action; null where there is none to take. */
  readonly agentAction: string | null;
};

const PROBLEM_TYPE = 'urn:muster:problem:';

/** The closed list of what callers are answered; nothing internal reaches them. */
export const ANSWERS = {
  invalid_request: {
    status: 400,
    title: 'Invalid request',
    detail: 'The request does not have the form that this route takes; errors names each field.',
    retryAfterSeconds: null,
    agentAction: 'Correct the fields named in errors and send the request again.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'A body may have at most 65536 bytes.',
    retryAfterSeconds: null,
    agentAction: 'Send a body of at most 65536 bytes: shorten texts and leave out what did not change.',
  },
  unauthorized: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The token is missing, malformed or not good for this workspace.',
    retryAfterSeconds: null,
    agentAction:
      'The token is not, or no longer, good for this workspace. Register again with the bootstrap token of this boot; without one, ask an operator for a new token.',
  },
  route_not_found: {
    status: 404,
    title: 'No such route',
    detail: 'This API has no such path or method.',
    retryAfterSeconds: null,
    agentAction: 'Check the method and path against the routes in the README.',
  },
  workspace_not_found: {
    status: 404,
    title: 'No such workspace',
    detail: 'There is no workspace with this id.',
    retryAfterSeconds: null,
    agentAction: 'Check the id against GET /workspaces.',
  },
  workspace_paused: {
    status: 409,
    title: 'Workspace paused',
    detail: 'The workspace is paused: what its runtime says changes nothing.',
    retryAfterSeconds: null,
    agentAction: 'Stop working and read GET /workspaces/{id}/state each minute; register when it is no longer paused.',
  },
  workspace_hibernated: {
    status: 409,
    title: 'Workspace hibernated',
    detail: 'The workspace is hibernated: what its runtime says changes nothing.',
    retryAfterSeconds: null,
    agentAction: 'Stop working and read GET /workspaces/{id}/state each minute; register when it is awake.',
  },
  workspace_removed: {
    status: 410,
    title: 'Workspace removed',
    detail: 'The workspace is removed for good.',
    retryAfterSeconds: null,
    agentAction: 'Stop for good: this workspace will not come back.',
  },
  provision_failed: {
    status: 503,
    title: 'Provisioning failed',
    detail: 'No instance could be started for the workspace.',
    retryAfterSeconds: 30,
    agentAction:
      'Read GET /workspaces/{workspace_id}/events for the reason, and remove the workspace before you create another.',
  },
  store_unavailable: {
    status: 503,
    title: 'Registry unavailable',
    detail: 'The registry cannot reach its database at the moment.',
    retryAfterSeconds: 5,
    agentAction: 'Send the same request again after Retry-After seconds; keep working meanwhile.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: 'The registry failed to answer.',
    retryAfterSeconds: 10,
    agentAction: 'Send the same request again after Retry-After seconds; give request_id to an operator if it stays.',
  },
} as const satisfies Record<ErrorCode, Answer>;

/** An RFC 9457 answer, ready for API Gateway. */
export function problemResponse(code: ErrorCode, requestId: string, details: ErrorDetails = {}) {
  const { status, title, detail, retryAfterSeconds, agentAction }: Answer = ANSWERS[code];
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify({
      type: `${PROBLEM_TYPE}${code}`,
      title,
      status,
      detail,
      code,
      request_id: requestId,
      ...(retryAfterSeconds === null ? {} : { retry_after_seconds: retryAfterSeconds }),
      ...(agentAction === null ? {} : { agent_action: agentAction }),
      ...details,
    }),
  };
}
