import { setTimeout as delay } from 'node:timers/promises';
import type { RegistryClient, Workspace, WorkspaceEvent } from './registry-client.ts';

/** What the registry said at one moment. */
export type FleetSight = {
  readonly workspaces: readonly Workspace[];
  /** Those that no earlier sight held, oldest first. */
  readonly news: readonly { readonly workspace: Workspace; readonly event: WorkspaceEvent }[];
  /** Why this sight is an old one or lacks events, when the registry did not answer. */
  readonly problem?: string;
};

const lookEveryMs = 1_000;

type News = FleetSight['news'];

/** Looks at the fleet every second, until `over` is aborted. */
export async function* watchFleet(registry: RegistryClient, over: AbortSignal): AsyncGenerator<FleetSight> {
  const seen = new Set<string>();
  let workspaces: readonly Workspace[] = [];
  while (!over.aborted) {
    let news: News = [];
    let problem: string | undefined;
    try {
      workspaces = await registry.workspaces();
      ({ news, problem } = await newsOf(registry, workspaces, seen));
    } catch (error) {
      problem = reasonOf(error);
    }
    yield { workspaces, news, ...(problem !== undefined && { problem }) };
    // Only now has the reader had them.
    for (const { workspace, event } of news) seen.add(keyOf(workspace, event));
    await delay(lookEveryMs, undefined, { signal: over }).catch(() => undefined);
  }
}

/** The new events of every workspace that answered, and why another one did not. */
async function newsOf(registry: RegistryClient, workspaces: readonly Workspace[], seen: ReadonlySet<string>) {
  const news: { workspace: Workspace; event: WorkspaceEvent }[] = [];
  let problem: string | undefined;
  for (const workspace of workspaces) {
    const isSeen = (event: WorkspaceEvent) => seen.has(keyOf(workspace, event));
    try {
      const events = await registry.events(workspace.id, isSeen);
      news.push(...events.filter((event) => !isSeen(event)).map((event) => ({ workspace, event })));
    } catch (error) {
      problem ??= reasonOf(error);
    }
  }
  // Ids are given in the order of writing, while the times of two writers may be the wrong way round.
  return { news: news.sort((a, b) => a.event.id - b.event.id), problem };
}

function keyOf(workspace: Workspace, event: WorkspaceEvent): string {
  return `${workspace.id} ${event.id}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
