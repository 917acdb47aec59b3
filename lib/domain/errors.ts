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

/** An error with a meaning to callers. `message` is for logs; what a caller reads comes from the code alone. */
export abstract class MusterError extends Error {
  abstract readonly code: ErrorCode;
  readonly fields: readonly FieldError[] = [];

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A request that cannot be understood; names every field that is wrong. */
export class InvalidRequest extends MusterError {
  readonly code = 'invalid_request';
  override readonly fields: readonly FieldError[];

  constructor(fields: readonly FieldError[], options?: ErrorOptions) {
    super(fields.map(({ field, message }) => `${field}: ${message}`).join('; '), options);
    this.fields = fields;
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

/** No instance could be had, or it could not be recorded. */
export class ProvisionFailed extends MusterError {
  readonly code = 'provision_failed';
}

/** The database did not answer, or refused for a reason that passes: nothing is known to be written. */
export class StoreUnavailable extends MusterError {
  readonly code = 'store_unavailable';
}
