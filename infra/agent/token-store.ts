import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeDurably } from './durable.ts';
import { isUsableHeartbeatUrl } from './heartbeat-url.ts';
import { parseJson } from './registry-answers.ts';

const tokenFile = z.object({
  workspace_id: z.string(),
  generation: z.int(),
  auth_token: z.string().min(1),
  heartbeat_url: z.string().refine(isUsableHeartbeatUrl).optional().catch(undefined),
});

/** Whom a runtime token belongs to: of another workspace or generation (a reused disk) it is of no use. */
export type TokenOwner = { readonly workspaceId: string; readonly generation: number };

/** What a register gave: the runtime token, and where to beat with it if not at the registry's own route. */
export type Kept = { readonly authToken: string; readonly heartbeatUrl?: string | undefined };

/** Keeps the runtime token over restarts, since a bootstrap token is closed by the first heartbeat of its boot. */
export type TokenStore = {
  /** What was kept for this owner; undefined if there is none, or the file is another owner's or unreadable. */
  read(owner: TokenOwner): Promise<Kept | undefined>;
  /** Replaces what was kept; after a power cut either the old or the new one is there. Throws on a full disk. */
  write(owner: TokenOwner, kept: Kept): Promise<void>;
};

/** A token store in `home/token.json`, mode 0600. */
export function createTokenStore(home: string): TokenStore {
  const path = join(home, 'token.json');
  return {
    async read(owner) {
      const text = await readFile(path, 'utf8').catch(() => '');
      const parsed = tokenFile.safeParse(parseJson(text));
      if (!parsed.success) return undefined;
      const { workspace_id, generation, auth_token, heartbeat_url } = parsed.data;
      if (workspace_id !== owner.workspaceId || generation !== owner.generation) return undefined;
      return { authToken: auth_token, heartbeatUrl: heartbeat_url };
    },
    async write({ workspaceId, generation }, { authToken, heartbeatUrl }) {
      await mkdir(home, { recursive: true });
      const content = { workspace_id: workspaceId, generation, auth_token: authToken, heartbeat_url: heartbeatUrl };
      await writeDurably(path, JSON.stringify(content), 0o600);
    },
  };
}
