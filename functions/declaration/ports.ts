import type { DeclarationDiff } from '../../lib/domain/declaration/change.ts';
import type {
  DeclarationKey,
  DeclaredRow,
  DeclaredView,
  WriteDeclarationInput,
  WrittenDeclaration,
} from '../../lib/domain/declaration/declared.ts';
import type { ReconcileRequester } from '../../lib/domain/reconcile.ts';

export type DeclarationPorts = {
  readonly store: {
    readDeclaration(key: DeclarationKey): Promise<DeclaredRow | undefined>;
    readDeclarationDiff(key: { workspaceId: string; version: number }): Promise<DeclarationDiff>;
    listDeclarations(page: {
      workspaceId: string;
      before: number | null;
      limit: number;
    }): Promise<readonly DeclaredView[]>;
    writeDeclaration(input: WriteDeclarationInput): Promise<WrittenDeclaration | undefined>;
  };
  readonly reconcile: ReconcileRequester;
};
