import { type DeclarationDiff, isDestructive, isUnchanged } from '../../lib/domain/declaration/change.ts';
import { classify } from '../../lib/domain/declaration/classify.ts';
import type { DeclaredRow, WriteDeclarationInput, WrittenDeclaration } from '../../lib/domain/declaration/declared.ts';
import { type Declaration, NOTHING_DECLARED } from '../../lib/domain/declaration/document.ts';
import {
  ForceRequired,
  InvalidRequest,
  VersionConflict,
  WorkspaceNotFound,
  WorkspaceRemoved,
} from '../../lib/domain/errors.ts';
import type { By } from '../../lib/domain/workspace.ts';
import { evidenceOf } from './evidence.ts';
import type { DeclarationPorts } from './ports.ts';

/** The largest diff, in bytes of JSON: it is answered, kept and read again whole. */
const MAX_DIFF_BYTES = 512 * 1024;

export type DeclareInput = By & {
  readonly workspaceId: string;
  readonly document: Declaration;
  readonly dryRun: boolean;
  readonly force: boolean;
  /** The versions that the caller goes by; null: whatever is there. */
  readonly versions: readonly number[] | null;
};

/** `version` is the one that is there now; `diff` leads from the one before the call to the document. */
type Declared = {
  readonly version: number;
  readonly applied: boolean;
  readonly diff: DeclarationDiff;
  readonly force_required: boolean;
};

type DryRun = Declared & { readonly dry_run: true; readonly would_apply: boolean };

/**
 * Declares what a workspace should have installed. One diff is answered by the dry run, decides on force and names what
 * is written, and it is written only over the very version that it was made of.
 */
export function createDeclare({ store, reconcile }: DeclarationPorts) {
  const current = async ({ workspaceId, versions }: DeclareInput): Promise<DeclaredRow> => {
    const row = await store.readDeclaration({ workspaceId, version: null });
    if (row === undefined) throw new WorkspaceNotFound(workspaceId);
    if (row.status === 'removed') throw new WorkspaceRemoved('what is removed installs nothing');
    if (versions !== null && !versions.includes(row.newest)) throw new VersionConflict(row.newest);
    return row;
  };

  /** Why nothing was written: an earlier sending of this very call was, or another call came first. */
  const settled = async ({ workspaceId, expected, requestId }: WriteDeclarationInput): Promise<WrittenDeclaration> => {
    const next = await store.readDeclaration({ workspaceId, version: expected + 1 });
    if (next?.version && next.request_id === requestId) {
      return { version: next.version, live: next.status === 'online' || next.status === 'degraded' };
    }
    if (next?.status === 'removed') throw new WorkspaceRemoved('it was removed meanwhile');
    throw new VersionConflict(next?.newest);
  };

  /** @throws WorkspaceNotFound, WorkspaceRemoved, VersionConflict, InvalidRequest, ForceRequired */
  return async (input: DeclareInput): Promise<Declared | DryRun> => {
    const { workspaceId, document, dryRun, force, actor, requestId } = input;
    const row = await current(input);
    const diff = tellable(classify(row.document ?? NOTHING_DECLARED, document));
    const forced = isDestructive(diff);
    const answer = { version: row.newest, applied: false, diff, force_required: forced };
    if (dryRun) return { ...answer, dry_run: true, would_apply: force || !forced };
    if (isUnchanged(diff)) return answer;
    if (forced && !force) throw new ForceRequired(diff, row.newest);
    const evidence = evidenceOf(diff, { version: row.newest + 1, forced });
    const next = { workspaceId, expected: row.newest, document, diff, forced, evidence, actor, requestId };
    const { version, live } = (await store.writeDeclaration(next)) ?? (await settled(next));
    // A request that is lost is found by reconcile's schedule: what is owed is in the row.
    if (live) await reconcile.request(workspaceId);
    return { ...answer, version, applied: true };
  };
}

/** @throws InvalidRequest for more changes than an answer holds */
function tellable(diff: DeclarationDiff): DeclarationDiff {
  if (Buffer.byteLength(JSON.stringify(diff)) <= MAX_DIFF_BYTES) return diff;
  const changes = diff.additive.length + diff.destructive.length;
  throw new InvalidRequest([
    { field: 'body', message: `these are ${changes} changes, more than an answer holds: make them in several steps` },
  ]);
}
