import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { DeclaredPlugin } from '../artefacts/start-artefacts.ts';

const plugin = z.object({
  name: z.string(),
  declared_version: z.string().nullable(),
  installed_version: z.string().nullable(),
  failed_reason: z.string().nullable(),
});

const workspace = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  status_since: z.coerce.date(),
  instance_id: z.string().nullable(),
  last_heartbeat_at: z.coerce.date().nullable(),
  plugins: z.array(plugin),
});

const event = z.object({
  id: z.int(),
  event: z.string(),
  from_status: z.string().nullable(),
  to_status: z.string().nullable(),
  reason: z.string().nullable(),
  evidence: z.record(z.string(), z.unknown()),
  at: z.coerce.date(),
});

/** A workspace as GET /workspaces shows it. */
export type Workspace = z.infer<typeof workspace>;
/** An event as GET /workspaces/{id}/events shows it. */
export type WorkspaceEvent = z.infer<typeof event>;

const created = z.object({ id: z.string(), instance_id: z.string() });

/** What POST /workspaces answers. */
export type Created = z.infer<typeof created>;
const next_cursor = z.string().nullable();
const workspacePage = z.object({ items: z.array(workspace), next_cursor });
const eventPage = z.object({ items: z.array(event), next_cursor });

const createAttempts = 5;
const retryAfterMs = 1_000;

/** The operator's side of the registry's API. Every method throws when the answer is not the one that it documents. */
export type RegistryClient = {
  /** Asks again after 429 and 5xx; after one that hid a success there are two. */
  create(name: string, plugins: readonly DeclaredPlugin[]): Promise<Created>;
  /** All of them. */
  workspaces(): Promise<Workspace[]>;
  /** Newest first, page after page until one holds an event that is `known`; the page's other events come too. */
  events(workspaceId: string, known?: (event: WorkspaceEvent) => boolean): Promise<WorkspaceEvent[]>;
};

/** @param api http://host:port, where routes are unsigned */
export function createRegistryClient(api: string): RegistryClient {
  const get = async (path: string) => await answerOf(await fetch(`${api}${path}`));
  return {
    async create(name, plugins) {
      const body = JSON.stringify({ name, runtime: 'local-agent', declaration: { plugins } });
      const headers = { 'content-type': 'application/json' };
      for (let attempt = 1; ; attempt += 1) {
        const response = await fetch(`${api}/workspaces`, { method: 'POST', headers, body });
        const again = response.status === 429 || response.status >= 500;
        if (!again || attempt === createAttempts) return created.parse(await answerOf(response));
        await delay(retryAfterMs);
      }
    },
    workspaces: () => pagesOf(async (query) => workspacePage.parse(await get(`/workspaces${query}`))),
    events: (id, known) =>
      pagesOf(
        async (query) => eventPage.parse(await get(`/workspaces/${encodeURIComponent(id)}/events${query}`)),
        known,
      ),
  };
}

type Page<Item> = { readonly items: readonly Item[]; readonly next_cursor: string | null };

/** Every item up to the last page, or to the first one that holds a known item. */
async function pagesOf<Item>(
  read: (query: string) => Promise<Page<Item>>,
  known: (item: Item) => boolean = () => false,
): Promise<Item[]> {
  const all: Item[] = [];
  let query = '';
  for (;;) {
    const page = await read(query);
    all.push(...page.items);
    if (page.next_cursor === null || page.items.some(known)) return all;
    query = `?cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}
