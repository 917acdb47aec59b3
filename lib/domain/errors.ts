/** Every error that Muster answers with, by the code a caller reads. lib/middleware/problem.ts gives each its answer. */
export const ERROR_CODES = [
  'invalid_request',
  'body_too_large',
  'unauthorized',
  'route_not_found',
  'workspace_not_found',
  'workspace_paused',
  'workspace_hibernated',
  'workspace_removed',
  'provision_failed',
  'store_unavailable',
  'internal_error',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Where in a request something is wrong (`plugins[0].sha256`), and what to do about it. */
export type FieldError = { readonly field: string; readonly message: string };

/** What an answer can say of one error: the fields that are wrong, and the workspace that it is about. */
export type ErrorDetails = { readonly errors?: readonly FieldError[]; readonly workspace_id?: string };

/** An error with a meaning to callers. `message` is for logs; what a caller reads comes from the code alone. */
export abstract class MusterError extends Error {
  abstract readonly code: ErrorCode;
  /** What the answer says beside its code. */
  readonly details: ErrorDetails = {};
  /** Whether it is our own trouble, which an operator must see, and not the caller's. */
  readonly isOurs: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A request that cannot be understood; names every field that is wrong. */
export class InvalidRequest extends MusterError {
  readonly code = 'invalid_request';
  override readonly details: ErrorDetails;

  constructor(fields: readonly FieldError[], options?: ErrorOptions) {
    super(fields.map(({ field, message }) => `${field}: ${message}`).join('; '), options);
    this.details = { errors: fields };
  }
}

/** A body over the limit of design section 7. */
export class BodyTooLarge extends MusterError {
  readonly code = 'body_too_large';
}

/** No token, a wrong one, or one that is no longer good: the caller is not told which. */
export class Unauthorized extends MusterError {
  readonly code = 'unauthorized';
}

/** A path or method that the API does not have. */
export class RouteNotFound extends MusterError {
  readonly code = 'route_not_found';
}

/** An operator asked for a workspace that does not exist. */
export class WorkspaceNotFound extends MusterError {
  readonly code = 'workspace_not_found';
}

/** The workspace is paused: nothing its runtime says changes that. */
export class WorkspacePaused extends MusterError {
  readonly code = 'workspace_paused';
}

/** The workspace is hibernated: nothing its runtime says changes that. */
export class WorkspaceHibernated extends MusterError {
  readonly code = 'workspace_hibernated';
}

/** The workspace is removed for good. */
export class WorkspaceRemoved extends MusterError {
  readonly code = 'workspace_removed';
}

/** No instance could be had for a workspace, or it could not be recorded. */
export class ProvisionFailed extends MusterError {
  readonly code = 'provision_failed';
  override readonly details: ErrorDetails;
  override readonly isOurs = true;

  constructor(workspaceId: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.details = { workspace_id: workspaceId };
  }
}

/** An answer of the database outgrew what one call may carry: ask for fewer rows. */
export class ResultTooLarge extends Error {
  override readonly name = 'ResultTooLarge';
}

/** The database did not answer, or refused for a reason that passes: nothing is known to be written. */
export class StoreUnavailable extends MusterError {
  readonly code = 'store_unavailable';
  override readonly isOurs = true;
}
