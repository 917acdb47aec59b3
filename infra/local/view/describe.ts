import type { Workspace, WorkspaceEvent } from '../fleet/registry-client.ts';

/** `seo-all 1.0.0`, `seo-all …` while it is awaited, `seo-all ✗ <reason>` when its last attempt failed. */
export function describePlugins(workspace: Workspace): string {
  return workspace.plugins.map(describePlugin).join(', ');
}

function describePlugin(plugin: Workspace['plugins'][number]): string {
  if (plugin.failed_reason !== null) return `${plugin.name} ✗ ${plugin.failed_reason}`;
  const pending = plugin.installed_version !== plugin.declared_version;
  return [plugin.name, plugin.installed_version, ...(pending ? ['…'] : [])].filter((part) => part !== null).join(' ');
}

/** True when everything that is declared is installed. */
export function hasAllPlugins(workspace: Workspace): boolean {
  return workspace.plugins.every((plugin) => plugin.installed_version === plugin.declared_version);
}

/** `register: provisioning → online (register): boot_id b1, agent_version 2` */
export function describeEvent(event: WorkspaceEvent): string {
  const change = event.to_status === null ? '' : `: ${event.from_status ?? 'none'} → ${event.to_status}`;
  const reason = event.reason === null ? '' : ` (${event.reason})`;
  const evidence = describeEvidence(event.evidence);
  return `${event.event}${change}${reason}${evidence === '' ? '' : `: ${evidence}`}`;
}

function describeEvidence(evidence: WorkspaceEvent['evidence']): string {
  return Object.entries(evidence)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** `4 s`, `3 min`, `2 h`: how long ago, in the largest unit that is at least one. */
export function ago(then: Date | null, now: Date): string {
  if (then === null) return '–';
  const seconds = Math.max(0, Math.round((now.getTime() - then.getTime()) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h`;
}
