import type { DeclarationDiff } from './declaration/change.ts';

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
  'workspace_external',
  'transition_not_allowed',
  'active_tasks',
  'force_required',
  'version_conflict',
  'idempotency_key_conflict',
  'idempotency_key_in_progress',
  'invalid_launch',
  'launch_not_permitted',
  'provision_failed',
  'store_unavailable',
  'internal_error',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Where in a request something is wrong (`plugins[0].sha256`), and what to do about it. */
export type FieldError = { readonly field: string; readonly message: string };

/**
 * What an answer can say of one error: the fields that are wrong, the workspace that it is about, and the commands that
 * the workspace's status allows.
 */
export type ErrorDetails = {
  readonly errors?: readonly FieldError[] | undefined;
  readonly workspace_id?: string | undefined;
  readonly allowed?: readonly string[] | undefined;
  /** An instance was started that could not be recorded, and EC2 was asked to end it. */
  readonly teardown?: 'requested' | undefined;
  /** What would change, and the version that is there. */
  readonly diff?: DeclarationDiff | undefined;
  readonly version?: number | undefined;
};

/** An error with a meaning to callers. `message` is for logs; what a caller reads comes from the code alone. */
export abstract class MusterError extends Error {
  abstract readonly code: ErrorCode;
  /** What the answer says beside its code. */
  readonly details: ErrorDetails = {};
  /** Whether it is our own trouble, which an operator must see, and not the caller's. */
  readonly isOurs: boolean = false;
  /** Whether it is what the same request was answered before. */
  readonly isReplayed: boolean = false;

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

/** EC2 has nothing to do with the workspace: its instances are not ours to start. */
export class WorkspaceExternal extends MusterError {
  readonly code = 'workspace_external';
}

/** The status table does not lead from this status by this command. */
export class TransitionNotAllowed extends MusterError {
  readonly code = 'transition_not_allowed';
  override readonly details: ErrorDetails;

  /** @param allowed the commands that the status allows */
  constructor(command: string, status: string, allowed: readonly string[]) {
    super(`${command} does not lead on from ${status}`);
    this.details = { allowed };
  }
}

/** The workspace is at work, and would lose it. */
export class ActiveTasks extends MusterError {
  readonly code = 'active_tasks';

  constructor(count: number) {
    super(`${count} tasks are at work`);
  }
}

/** A declaration would take something away: whoever wants that says so. */
export class ForceRequired extends MusterError {
  readonly code = 'force_required';
  override readonly details: ErrorDetails;

  /** @param version the one that is there, and stays */
  constructor(diff: DeclarationDiff, version: number) {
    super(`${diff.destructive.length} destructive changes`);
    this.details = { diff, version };
  }
}

/** The declaration is no longer, or never was, of the version that the caller goes by. */
export class VersionConflict extends MusterError {
  readonly code = 'version_conflict';
  override readonly details: ErrorDetails;

  /** @param version the one that is there; undefined where only that it is another is known */
  constructor(version: number | undefined) {
    super(`the declaration is of version ${version ?? 'another'}`);
    this.details = { version };
  }
}

/** An idempotency key came with another request than the one that it was first sent with. */
export class IdempotencyKeyConflict extends MusterError {
  readonly code = 'idempotency_key_conflict';
}

/** The first request with an idempotency key is not answered yet. */
export class IdempotencyKeyInProgress extends MusterError {
  readonly code = 'idempotency_key_in_progress';
}

/** What a request with the same idempotency key was refused with before. */
export class RepeatedRefusal extends MusterError {
  readonly code: ErrorCode;
  override readonly details: ErrorDetails;
  override readonly isReplayed = true;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(`refused before: ${code}`);
    this.code = code;
    this.details = details;
  }
}

/** EC2 cannot launch what was asked for: the request, or what it stands for, is wrong. */
export class InvalidLaunch extends MusterError {
  readonly code = 'invalid_launch';
  override readonly details: ErrorDetails;

  /**
   * @param field where in the request: `launch.subnet_id`
   * @param workspaceId null where no workspace was made
   */
  constructor(field: string, message: string, workspaceId: string | null, options?: ErrorOptions) {
    super(`${field}: ${message}`, options);
    this.details = {
      errors: [{ field, message }],
      ...(workspaceId === null ? {} : { workspace_id: workspaceId }),
    };
  }
}

/** The AWS account may not launch this, by its quotas or its permissions: an operator of the account must act. */
export class LaunchNotPermitted extends MusterError {
  readonly code = 'launch_not_permitted';
  override readonly details: ErrorDetails;
  override readonly isOurs = true;

  /**
   * @param workspaceId null where none was made
   * @param awsCode EC2's own error code
   */
  constructor(workspaceId: string | null, awsCode: string, options?: ErrorOptions) {
    super(`the AWS account may not launch a workspace's instance: ${awsCode}`, options);
    this.details = workspaceId === null ? {} : { workspace_id: workspaceId };
  }
}

/** No instance could be had for a workspace, or it could not be recorded. */
export class ProvisionFailed extends MusterError {
  readonly code = 'provision_failed';
  override readonly details: ErrorDetails;
  override readonly isOurs = true;

  /** @param workspaceId null where none was made */
  constructor(
    workspaceId: string | null,
    message: string,
    options: ErrorOptions & Pick<ErrorDetails, 'teardown'> = {},
  ) {
    const { teardown, ...cause } = options;
    super(message, cause);
    this.details = {
      ...(workspaceId === null ? {} : { workspace_id: workspaceId }),
      ...(teardown === undefined ? {} : { teardown }),
    };
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
