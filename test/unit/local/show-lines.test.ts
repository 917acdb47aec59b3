import { describe, expect, it } from 'vitest';
import type { Workspace, WorkspaceEvent } from '../../../infra/local/fleet/registry-client.ts';
import type { FleetSight } from '../../../infra/local/fleet/watch-fleet.ts';
import { showLines } from '../../../infra/local/view/show-lines.ts';

const at = new Date('2026-11-21T12:00:00Z');
const ada = (status: string, installed: string | null, failed: string | null = null): Workspace => ({
  id: 'a',
  name: 'ada',
  status,
  status_since: at,
  instance_id: 'i-1',
  last_heartbeat_at: null,
  plugins: [{ name: 'seo-all', declared_version: '1.0.0', installed_version: installed, failed_reason: failed }],
});
const event = (fields: Partial<WorkspaceEvent>): WorkspaceEvent => ({
  id: 1,
  event: 'register',
  from_status: 'provisioning',
  to_status: 'online',
  reason: null,
  evidence: {},
  at,
  ...fields,
});

async function linesOf(sights: FleetSight[]): Promise<string[]> {
  async function* each() {
    yield* sights;
  }
  const lines: string[] = [];
  await showLines(
    each(),
    () => 9_840,
    (line) => lines.push(line.replace(/^\S+Z /, '')),
  );
  return lines;
}

describe('the fleet in plain lines', () => {
  it('tells an event with its transition, reason and evidence', async () => {
    const gone = event({
      event: 'instance_gone',
      from_status: 'online',
      to_status: 'offline',
      reason: 'terminated',
      evidence: { state: 'terminated' },
    });
    const lines = await linesOf([{ workspaces: [], news: [{ workspace: ada('offline', null), event: gone }] }]);
    expect(lines).toEqual(['ada instance_gone: online → offline (terminated): state terminated']);
  });

  it('tells a change of the plugins once, and the first workspace online and the installed fleet once each', async () => {
    const waiting = { workspaces: [ada('provisioning', null)], news: [] };
    const online = { workspaces: [ada('online', null)], news: [] };
    const installed = { workspaces: [ada('online', '1.0.0')], news: [] };
    expect(await linesOf([waiting, waiting, online, installed, installed])).toEqual([
      'ada plugins: seo-all …',
      'First workspace online: ada, 9.8 s after the start.',
      'ada plugins: seo-all 1.0.0',
      'All 1 workspaces online with their plugins installed, 9.8 s after the start.',
    ]);
  });

  it('tells why a plugin is not there', async () => {
    const failed = ada('online', null, 'sha256 differs');
    expect(await linesOf([{ workspaces: [failed], news: [] }])).toContain('ada plugins: seo-all ✗ sha256 differs');
  });

  it('tells once that the registry does not answer', async () => {
    const silent = { workspaces: [], news: [], problem: 'fetch failed' };
    expect(await linesOf([silent, silent])).toEqual(['No answer: fetch failed']);
  });
});
