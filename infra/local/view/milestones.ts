import type { Workspace } from '../fleet/registry-client.ts';
import { hasAllPlugins } from './describe.ts';

/**
 * Says once each, in one line, when the first workspace is online and when all have what is declared for them.
 *
 * @param elapsedMs since the start
 */
export function createMilestones(): (workspaces: readonly Workspace[], elapsedMs: number) => string[] {
  let sawOnline = false;
  let sawInstalled = false;
  return (workspaces, elapsedMs) => {
    const lines: string[] = [];
    const after = `${(elapsedMs / 1_000).toFixed(1)} s after the start`;
    const online = workspaces.find(({ status }) => status === 'online');
    if (!sawOnline && online !== undefined) {
      sawOnline = true;
      lines.push(`First workspace online: ${online.name}, ${after}.`);
    }
    const complete = workspaces.length > 0 && workspaces.every((w) => w.status === 'online' && hasAllPlugins(w));
    if (!sawInstalled && complete) {
      sawInstalled = true;
      lines.push(`All ${workspaces.length} workspaces online with their plugins installed, ${after}.`);
    }
    return lines;
  };
}
