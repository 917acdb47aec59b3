import { type ErrorDetails, MusterError } from '../errors.ts';
import type { DeclarationDiff } from './change.ts';

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
