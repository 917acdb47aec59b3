import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { DeclaredPlugin, InstalledPlugin } from './plugins.ts';

/** One thing that a runtime is asked to do. `url` is where to fetch from now; it is not part of a plan's identity. */
export const planAction = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('install'),
    name: z.string(),
    version: z.string(),
    url: z.string(),
    sha256: z.string(),
  }),
  z.object({ action: z.literal('remove'), name: z.string() }),
]);

export type PlanAction = z.infer<typeof planAction>;

/**
 * What has to be done for what is installed to become what is declared, sorted by name. An empty list means that
 * nothing is left to do.
 * @param installed what this generation and boot reported; what another one said is not known and must be left out
 */
export function planActions(
  declared: readonly DeclaredPlugin[],
  installed: readonly Pick<InstalledPlugin, 'name' | 'version'>[],
): PlanAction[] {
  const inPlace = new Map(installed.map(({ name, version }) => [name, version]));
  const wanted = new Set(declared.map(({ name }) => name));
  const installs = declared
    .filter(({ name, version }) => inPlace.get(name) !== version)
    .map(
      ({ name, version, source, sha256 }): PlanAction => ({ action: 'install', name, version, url: source, sha256 }),
    );
  const removals = installed
    .filter(({ name, version }) => version !== null && !wanted.has(name))
    .map(({ name }): PlanAction => ({ action: 'remove', name }));
  return [...installs, ...removals].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** A plan's identity: its actions without their links, so that a renewed link is not a new plan. */
export function planId(actions: readonly PlanAction[]): string {
  const identity = actions.map((action) =>
    action.action === 'install' ? ['install', action.name, action.version, action.sha256] : ['remove', action.name],
  );
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}
