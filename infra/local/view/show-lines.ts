import type { FleetSight } from '../fleet/watch-fleet.ts';
import { describeEvent, describePlugins } from './describe.ts';
import { createMilestones } from './milestones.ts';

/**
 * Writes a line for every event and every change of what is installed, and the milestones.
 *
 * @param elapsedMs since the start
 */
export async function showLines(
  sights: AsyncIterable<FleetSight>,
  elapsedMs: () => number,
  write: (line: string) => void,
): Promise<void> {
  const milestones = createMilestones();
  const plugins = new Map<string, string>();
  let problem: string | undefined;
  for await (const sight of sights) {
    for (const { workspace, event } of sight.news) {
      write(`${event.at.toISOString()} ${workspace.name} ${describeEvent(event)}`);
    }
    for (const workspace of sight.workspaces) {
      const now = describePlugins(workspace);
      if (plugins.get(workspace.id) !== now) write(`${new Date().toISOString()} ${workspace.name} plugins: ${now}`);
      plugins.set(workspace.id, now);
    }
    if (sight.problem !== undefined && sight.problem !== problem) write(`No answer: ${sight.problem}`);
    problem = sight.problem;
    for (const line of milestones(sight.workspaces, elapsedMs())) write(line);
  }
}
