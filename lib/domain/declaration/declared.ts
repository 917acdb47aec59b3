import type { Status } from '../status.ts';
import type { By } from '../workspace.ts';
import type { DeclarationDiff } from './change.ts';
import type { Declaration } from './document.ts';

/** Which version of a workspace's declaration is meant; null: the newest. */
export type DeclarationKey = { readonly workspaceId: string; readonly version: number | null };

/** A workspace and one version of its declaration, which is null in all its fields where there is none. */
export type DeclaredRow = {
  readonly status: Status;
  /** The newest version; 0: nothing was ever declared. */
  readonly newest: number;
  readonly version: number | null;
  readonly document: Declaration | null;
  readonly created_at: string | null;
  readonly actor: string | null;
  readonly request_id: string | null;
  readonly forced: boolean | null;
};

/** One entry of a declaration's history; `additive` and `destructive` count its changes. */
export type DeclaredView = {
  readonly version: number;
  readonly created_at: string;
  readonly actor: string;
  readonly request_id: string | null;
  /** Whether it took something away, which needed force. */
  readonly forced: boolean;
  readonly additive: number;
  readonly destructive: number;
};

export type WriteDeclarationInput = By & {
  readonly workspaceId: string;
  /** The version that the diff starts from: nothing is written when it is no longer the newest. */
  readonly expected: number;
  readonly document: Declaration;
  readonly diff: DeclarationDiff;
  readonly forced: boolean;
  /** What the history is told; a few KiB at most. */
  readonly evidence: Readonly<Record<string, unknown>>;
};

/** `live`: the workspace has a runtime that can be told at once. */
export type WrittenDeclaration = { readonly version: number; readonly live: boolean };
