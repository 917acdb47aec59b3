import Table from 'cli-table3';
import type { WorkspaceEvent } from '../../infra/local/fleet/registry-client.ts';
import { secondsBetween } from './registry/history.ts';
import type { Outcome } from './run/run-case.ts';

/** What explains how long the way to a plugin took; the rest of a history is told only where a plugin is missing. */
const EXPLAINING: readonly string[] = [
  'plan_made',
  'plugin_drifted',
  'plugin_failed',
  'plugin_removed',
  'plugin_installed',
  'reconciled',
];

/** What of their evidence says why; checksums, identities and times of day are left out. */
const TELLING: readonly string[] = ['because', 'found_by', 'seconds', 'name', 'version', 'installs', 'reported'];

/** One line of a boot: the way, the weather, the seconds from boot to plugin, and the events that explain them. */
export function lineOf({ way, weather, seconds, events, missing }: Outcome): string {
  const took = seconds === undefined ? '      –' : `${seconds.toFixed(1).padStart(5)} s`;
  const [boot] = events;
  const shown = events.filter(({ event }, at) => at === 0 || missing !== undefined || EXPLAINING.includes(event));
  const story =
    boot === undefined ? [] : shown.map((event) => `+${secondsBetween(boot, event).toFixed(1)} ${tell(event)}`);
  return [`${weather.padEnd(5)}  ${way.padEnd(16)} ${took}`, missing && `MISSING: ${missing}`, story.join(' → ')]
    .filter(Boolean)
    .join('  ');
}

function tell({ event, to_status, reason, evidence }: WorkspaceEvent): string {
  const change = to_status === null ? '' : ` → ${to_status}`;
  const why = event === 'plugin_failed' ? ` "${reason}"` : '';
  const said = TELLING.flatMap((key) => {
    const value = evidence[key];
    return typeof value === 'string' || typeof value === 'number' ? [`${key} ${value}`] : [];
  });
  return `${event}${change}${why}${said.length === 0 ? '' : ` (${said.join(', ')})`}`;
}

/** All of it: how many of each way got their plugin, and how long that took. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const table = new Table({
    head: ['way', 'weather', 'installed', 'p50', 'slowest'],
    colAligns: ['left', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const alike of Map.groupBy(outcomes, ({ way, weather }) => `${way} ${weather}`).values()) {
    const [{ way, weather } = { way: '', weather: '' }] = alike;
    const there = alike.filter(({ missing }) => missing === undefined);
    const seconds = there.flatMap((outcome) => outcome.seconds ?? []);
    const figures =
      seconds.length === 0 ? ['–', '–'] : [p50(seconds), Math.max(...seconds)].map((s) => `${Number(s).toFixed(1)} s`);
    table.push([way, weather, `${there.length} of ${alike.length}`, ...figures]);
  }
  return table.toString();
}

/** The middle one, or the upper of the two in the middle. @throws for an empty list */
export function p50(seconds: readonly number[]): number {
  const middle = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)];
  if (middle === undefined) throw new Error('no figures');
  return middle;
}
