import { describe, expect, it } from 'vitest';
import type { Workspace } from '../../../infra/local/fleet/registry-client.ts';
import { renderFleet } from '../../../infra/local/view/render-fleet.ts';

const now = new Date('2026-11-21T12:00:00Z');
const workspaces: Workspace[] = ['ada', 'bohr', 'a-workspace-with-a-rather-long-name'].map((name, index) => ({
  id: `019a0000-0000-7000-8000-00000000000${index}`,
  name,
  status: 'provisioning',
  status_since: new Date('2026-11-21T11:57:00Z'),
  instance_id: index === 0 ? null : `i-0123456789abcdef${index}`,
  last_heartbeat_at: index === 0 ? null : new Date('2026-11-21T11:59:56Z'),
  plugins: [
    {
      name: 'seo-all',
      declared_version: '1.0.0',
      installed_version: index === 0 ? null : '1.0.0',
      failed_reason: null,
    },
  ],
}));
const eventLines = Array.from(
  { length: 30 },
  (_, i) => `12:00:${i}  ada  register: provisioning → online (${'x'.repeat(i * 9)})`,
);
const picture = { workspaces, eventLines, problem: 'fetch failed', now, width: 120, height: 40 };

describe('the table of the fleet', () => {
  it('shows every column where there is room', () => {
    const text = renderFleet(picture);
    for (const title of ['workspace', 'status', 'since', 'instance', 'last beat', 'plugins'])
      expect(text).toContain(title);
    expect(text).toMatch(/bohr +│ provisioning +│ 3 min +│ i-0123456789abcdef1 +│ 4 s +│ seo-all 1\.0\.0/);
    expect(text).toMatch(/ada +│ provisioning +│ 3 min +│ – +│ – +│ seo-all …/);
  });

  it('shows below it that the registry is silent, and the last eight events, the newest last', () => {
    const below = renderFleet({ ...picture, width: 400 })
      .split('\n')
      .slice(-9);
    expect(below).toEqual(['No answer: fetch failed', ...eventLines.slice(-8)]);
  });

  it('says how many workspaces the terminal has no room for', () => {
    expect(renderFleet({ ...picture, height: 10 })).toMatch(/^and 2 more$/m);
  });

  it('is never wider than the terminal', () => {
    for (let width = 1; width <= 200; width += 1) {
      const lines = renderFleet({ ...picture, width }).split('\n');
      const widest = Math.max(...lines.map((line) => [...line].length));
      expect.soft(widest, `in ${width} columns`).toBeLessThanOrEqual(width);
    }
  });

  it('is never higher than the terminal, from 12 lines on', () => {
    for (let height = 12; height <= 60; height += 1) {
      const many = Array.from({ length: 40 }, () => workspaces).flat();
      const lines = renderFleet({ ...picture, workspaces: many, height }).split('\n');
      expect.soft(lines.length, `in ${height} lines`).toBeLessThanOrEqual(height);
    }
  });

  it.each([
    { width: 66, kept: ['workspace', 'status', 'since', 'last beat', 'plugins'], left: ['instance'] },
    { width: 44, kept: ['workspace', 'status', 'plugins'], left: ['instance', 'since'] },
    { width: 27, kept: ['works', 'status'], left: ['plugins'] },
  ])('leaves the least important columns out in $width columns', ({ width, kept, left }) => {
    const text = renderFleet({ ...picture, eventLines: [], width });
    for (const title of kept) expect(text).toContain(title);
    for (const title of left) expect(text).not.toContain(title);
  });
});
