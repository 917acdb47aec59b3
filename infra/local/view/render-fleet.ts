import Table from 'cli-table3';
import type { Workspace } from '../fleet/registry-client.ts';
import { ago, describePlugins } from './describe.ts';
import { fitColumns } from './fit-columns.ts';

export type FleetPicture = {
  readonly workspaces: readonly Workspace[];
  /** Oldest first; the last of them are shown. */
  readonly eventLines: readonly string[];
  readonly problem: string | undefined;
  readonly now: Date;
  /** Of the terminal, in characters. */
  readonly width: number;
  readonly height: number;
};

type Column = { readonly title: string; readonly minimum: number; readonly value: (w: Workspace, now: Date) => string };

/** In the order in which they are shown; a narrow terminal shows those of the highest `rank`. */
const columns: readonly (Column & { readonly rank: number })[] = [
  { title: 'workspace', minimum: 8, rank: 5, value: (w) => w.name },
  { title: 'status', minimum: 12, rank: 4, value: (w) => w.status },
  { title: 'since', minimum: 6, rank: 2, value: (w, now) => ago(w.status_since, now) },
  { title: 'instance', minimum: 19, rank: 1, value: (w) => w.instance_id ?? '–' },
  { title: 'last beat', minimum: 9, rank: 0, value: (w, now) => ago(w.last_heartbeat_at, now) },
  { title: 'plugins', minimum: 13, rank: 3, value: describePlugins },
];

const eventsShown = 8;
const linesBesidesRows = 6;

/** The table and, below it, the last events; no line is wider than the terminal, and all fit its height. */
export function renderFleet(picture: FleetPicture): string {
  const { workspaces, eventLines, problem, now, width, height } = picture;
  const room = Math.max(1, height - linesBesidesRows);
  const rowsShown = Math.min(workspaces.length, Math.max(1, room - 3));
  const events = eventLines.slice(-Math.max(1, Math.min(eventsShown, room - rowsShown)));
  const hidden = workspaces.length - rowsShown;
  const lines = [
    table(workspaces.slice(0, rowsShown), now, width),
    ...(hidden > 0 ? [cut(`and ${hidden} more`, width)] : []),
    ...(problem === undefined ? [] : [cut(`No answer: ${problem}`, width)]),
    ...events.map((line) => cut(line, width)),
  ];
  return lines.join('\n');
}

function table(workspaces: readonly Workspace[], now: Date, width: number): string {
  const shown = fitColumns(
    columns.map((column) => ({
      ...column,
      natural: Math.max(column.title.length, ...workspaces.map((w) => column.value(w, now).length)),
    })),
    width,
  );
  if (shown.length === 0) return workspaces.map((w) => cut(`${w.name} ${w.status}`, width)).join('\n');
  const drawn = new Table({
    head: shown.map(({ column }) => column.title),
    colWidths: shown.map((column) => column.width),
    style: { head: [], border: [] },
  });
  for (const workspace of workspaces) drawn.push(shown.map(({ column }) => column.value(workspace, now)));
  // A line between every two rows would take half of the screen.
  return drawn
    .toString()
    .split('\n')
    .filter((line, index) => index <= 2 || !line.startsWith('├'))
    .join('\n');
}

function cut(line: string, width: number): string {
  const characters = [...line];
  return characters.length <= width ? line : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
