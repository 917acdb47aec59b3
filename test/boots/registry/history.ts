import type { WorkspaceEvent } from '../../../infra/local/fleet/registry-client.ts';

/** What to look for in a workspace's history. */
export type Sought = {
  /** The event that was the last before the boot. */
  readonly after: number;
  /** What the boot is told by: the first of these. */
  readonly begins: readonly string[];
  readonly plugin: { readonly name: string; readonly version: string };
};

/** A boot and the way to its plugin, as the history tells them. */
export type Told = {
  /** From the boot to the plugin installed. */
  readonly seconds: number;
  /** From the boot on. */
  readonly events: readonly WorkspaceEvent[];
};

/** @param events in the order of writing @returns undefined before the history has come so far */
export function told(events: readonly WorkspaceEvent[], { after, begins, plugin }: Sought): Told | undefined {
  const since = events.findIndex(({ id, event }) => id > after && begins.includes(event));
  const boot = events[since];
  if (boot === undefined) return undefined;
  const rest = events.slice(since);
  const installed = rest.find(({ event, evidence }) => event === 'plugin_installed' && isOf(evidence, plugin));
  if (installed === undefined) return undefined;
  return { seconds: secondsBetween(boot, installed), events: rest };
}

/** Seconds, to the millisecond. */
export function secondsBetween(from: WorkspaceEvent, to: WorkspaceEvent): number {
  return (to.at.getTime() - from.at.getTime()) / 1_000;
}

const isOf = (evidence: WorkspaceEvent['evidence'], { name, version }: Sought['plugin']): boolean =>
  evidence['name'] === name && evidence['version'] === version;
