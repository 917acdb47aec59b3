import type { WorkspaceEvent } from '../../../infra/local/fleet/registry-client.ts';

/** An event that is written `seconds` after the first. */
export function eventAt(seconds: number, event: string, more: Partial<WorkspaceEvent> = {}): WorkspaceEvent {
  const at = new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
  return {
    id: Math.round(seconds * 10) + 1,
    event,
    from_status: null,
    to_status: null,
    reason: null,
    evidence: {},
    at,
    ...more,
  };
}

export const installedAt = (seconds: number, version = '1.0.0', name = 'seo-all') =>
  eventAt(seconds, 'plugin_installed', { evidence: { name, version } });
