import type { DeclaredRow } from '../../lib/domain/declaration/declared.ts';
import { NOTHING_DECLARED } from '../../lib/domain/declaration/document.ts';
import { InvalidRequest, WorkspaceNotFound } from '../../lib/domain/errors.ts';
import { page } from '../../lib/domain/page.ts';
import type { DeclarationPorts } from './ports.ts';
import type { HistoryQuery, ReadQuery } from './schema.ts';

/** What operators read of a workspace's declaration, also of a removed one's. */
export function createDeclarations({ store }: Pick<DeclarationPorts, 'store'>) {
  const found = async (workspaceId: string, version: number | null) => {
    const row = await store.readDeclaration({ workspaceId, version });
    if (row === undefined) throw new WorkspaceNotFound(workspaceId);
    return row;
  };

  return {
    /**
     * The newest version, or one that is asked for, with what it changed. Version 0 is that of a workspace that nobody
     * has declared anything for.
     * @throws WorkspaceNotFound, InvalidRequest
     */
    async read(workspaceId: string, { version }: ReadQuery) {
      const row = await found(workspaceId, version ?? null);
      if (version === undefined) return viewOf(row);
      if (row.version === null) {
        throw new InvalidRequest([{ field: 'version', message: `the newest version is ${row.newest}` }]);
      }
      return { ...viewOf(row), diff: await store.readDeclarationDiff({ workspaceId, version }) };
    },

    /** A page of its versions, newest first. @throws WorkspaceNotFound */
    async history(workspaceId: string, { cursor, limit }: HistoryQuery) {
      const read = (rows: number) => store.listDeclarations({ workspaceId, before: cursor ?? null, limit: rows });
      const versions = await page(limit, read, ({ version }) => version);
      if (versions.items.length === 0) await found(workspaceId, null);
      return versions;
    },
  };
}

function viewOf({ version, document, created_at, actor, forced }: DeclaredRow) {
  const { plugins } = document ?? NOTHING_DECLARED;
  return { version: version ?? 0, plugins, created_at, actor, forced: forced ?? false };
}
