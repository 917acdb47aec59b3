import { createLogUpdate } from 'log-update';
import type { FleetSight } from '../fleet/watch-fleet.ts';
import { describeEvent } from './describe.ts';
import { createMilestones } from './milestones.ts';
import { renderFleet } from './render-fleet.ts';

const linesKept = 50;

/**
 * Keeps a table of the fleet and the last events at the bottom of a terminal.
 *
 * @param elapsedMs since the start
 */
export async function showTable(
  sights: AsyncIterable<FleetSight>,
  elapsedMs: () => number,
  terminal: NodeJS.WriteStream,
): Promise<void> {
  const update = createLogUpdate(terminal);
  const milestones = createMilestones();
  let lines: string[] = [];
  for await (const { workspaces, news, problem } of sights) {
    const now = new Date();
    const told = news.map(({ workspace, event }) => `${clock(event.at)}  ${workspace.name}  ${describeEvent(event)}`);
    const reached = milestones(workspaces, elapsedMs()).map((line) => `${clock(now)}  ${line}`);
    lines = [...lines, ...told, ...reached].slice(-linesKept);
    const { columns: width, rows: height } = terminal;
    update(renderFleet({ workspaces, eventLines: lines, problem, now, width, height }));
  }
  update.done();
}

function clock(at: Date): string {
  return at.toLocaleTimeString('en-GB');
}
