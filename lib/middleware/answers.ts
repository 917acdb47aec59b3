import type { ErrorCode } from '../domain/errors.ts';

/** How one error code is answered. `retryAfterSeconds`: null where the same call would be refused again. */
export type Answer = {
  readonly status: number;
  readonly title: string;
  /** What happened, as the answer and the code's own page say it. */
  readonly detail: string;
  readonly retryAfterSeconds: number | null;
  /** One or two imperative sentences: the reason and the next action. The link to the code's page is added to it. */
  readonly agentAction: string;
};

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
    agentAction: 'Stop for good: this workspace will not come back. Create another one if the work goes on.',
  },
  workspace_external: {
    status: 409,
    title: 'Workspace external',
    detail: 'The workspace was created without launch: its machine is not one that the registry can start or stop.',
    retryAfterSeconds: null,
    agentAction: 'Restart the machine of this external workspace where it runs; its runtime then registers by itself.',
  },
  transition_not_allowed: {
    status: 409,
    title: 'Not allowed in this status',
    detail: 'The status of the workspace does not allow this command; allowed lists those that it does.',
    retryAfterSeconds: null,
    agentAction: 'Read GET /workspaces/{id} for the status, and send one of the commands in allowed.',
  },
  active_tasks: {
    status: 409,
    title: 'Tasks at work',
    detail: 'The workspace has tasks at work, which it would lose.',
    retryAfterSeconds: null,
    agentAction:
      'Read GET /workspaces/{id} until active_tasks is 0, then send the request again; to stop it in spite of its tasks, send POST /workspaces/{id}/pause.',
  },
  force_required: {
    status: 409,
    title: 'Force required',
    detail:
      'The declaration would take something away, or change it beyond what is known to be safe; diff names all of it.',
    retryAfterSeconds: null,
    agentAction:
      'Read diff.destructive: to go through with it send the same request with force=true; else send a declaration that keeps what it names.',
  },
  version_conflict: {
    status: 409,
    title: 'Declaration changed meanwhile',
    detail: 'The declaration is not, or no longer, of the version that the request goes by.',
    retryAfterSeconds: null,
    agentAction:
      'Read GET /workspaces/{id}/declaration, make your change to that version, and send it with its ETag as If-Match.',
  },
  idempotency_key_conflict: {
    status: 409,
    title: 'Idempotency key used for another request',
    detail: 'In the last 24 hours this Idempotency-Key came with a request that had another body.',
    retryAfterSeconds: null,
    agentAction: 'Send the new request with an Idempotency-Key of its own, or the first request with its very body.',
  },
  idempotency_key_in_progress: {
    status: 409,
    title: 'Request still being answered',
    detail: 'An earlier request with this Idempotency-Key is still being answered.',
    retryAfterSeconds: 2,
    agentAction: 'Send the same request with the same Idempotency-Key again after Retry-After seconds.',
  },
  invalid_launch: {
    status: 422,
    title: 'Launch impossible',
    detail: 'EC2 cannot launch what the request asks for; errors names the field.',
    retryAfterSeconds: null,
    agentAction:
      'Correct the field named in errors and send the request with a new Idempotency-Key; if the answer names a workspace_id, send DELETE /workspaces/{workspace_id} first.',
  },
  launch_not_permitted: {
    status: 502,
    title: 'Launch not permitted',
    detail: 'The quotas or the permissions of the AWS account do not allow the launch.',
    retryAfterSeconds: null,
    agentAction:
      'Ask an operator of the AWS account to raise the quota or grant the permission that GET /workspaces/{workspace_id}/events names, then send POST /workspaces/{workspace_id}/restart.',
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
