import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeDurably } from './durable.ts';
import { parseJson } from './registry-answers.ts';

const tokenFile = z.object({
  workspace_id: z.string(),
  generation: z.int(),
  auth_token: z.string().min(1),
});

/** Whom a runtime token belongs to: of another workspace or generation (a reused disk) it is of no use. */
export type TokenOwner = { readonly workspaceId: string; readonly generation: number };

/** Keeps the runtime token over restarts, since a bootstrap token is closed by the first heartbeat of its boot. */
export type TokenStore = {
  /** The token kept for this owner; undefined if there is none, or the file is another owner's or unreadable. */
  read(owner: TokenOwner): Promise<string | undefined>;
  /** Replaces the token; after a power cut either the old or the new one is there. Throws on a full disk. */
  write(owner: TokenOwner, authToken: string): Promise<void>;
};

/** A token store in `home/token.json`, mode 0600. */
export function createTokenStore(home: string): TokenStore {
  const path = join(home, 'token.json');
  return {
    async read(owner) {
      const text = await readFile(path, 'utf8').catch(() => '');
      const parsed = tokenFile.safeParse(parseJson(text));
      if (!parsed.success) return undefined;
      const { workspace_id, generation, auth_token } = parsed.data;
      return workspace_id === owner.workspaceId && generation === owner.generation ? auth_token : undefined;
    },
    async write(owner, authToken) {
      await mkdir(home, { recursive: true });
      const content = { workspace_id: owner.workspaceId, generation: owner.generation, auth_token: authToken };
      await writeDurably(path, JSON.stringify(content), 0o600);
    },
  };
}
