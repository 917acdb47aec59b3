import { setTimeout as delay } from 'node:timers/promises';
import type { RegistryClient, Workspace, WorkspaceEvent } from './registry-client.ts';

/** What the registry said at one moment. */
export type FleetSight = {
  readonly workspaces: readonly Workspace[];
  /** Those that no earlier sight held, oldest first. */
  readonly news: readonly { readonly workspace: Workspace; readonly event: WorkspaceEvent }[];
  /** Why this sight is an old one, when the registry did not answer. */
  readonly problem?: string;
};

const lookEveryMs = 1_000;

/** Looks at the fleet every second, until `over` is aborted. */
export async function* watchFleet(registry: RegistryClient, over: AbortSignal): AsyncGenerator<FleetSight> {
  const seen = new Set<string>();
  let workspaces: readonly Workspace[] = [];
  while (!over.aborted) {
    try {
      workspaces = await registry.workspaces();
      yield { workspaces, news: await newsOf(registry, workspaces, seen) };
    } catch (error) {
      yield { workspaces, news: [], problem: error instanceof Error ? error.message : String(error) };
    }
    await delay(lookEveryMs, undefined, { signal: over }).catch(() => undefined);
  }
}

async function newsOf(registry: RegistryClient, workspaces: readonly Workspace[], seen: Set<string>) {
  const news: { workspace: Workspace; event: WorkspaceEvent }[] = [];
  for (const workspace of workspaces) {
    for (const event of await registry.events(workspace.id)) {
      const key = `${workspace.id} ${event.id}`;
      if (seen.has(key)) continue;
      seen.add(key);
      news.push({ workspace, event });
    }
  }
  return news.sort((a, b) => a.event.at.getTime() - b.event.at.getTime() || Number(a.event.id) - Number(b.event.id));
}
