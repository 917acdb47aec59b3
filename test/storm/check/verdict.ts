import { readInstances } from '../registry/instances.ts';
import type { Storm } from '../run/storm.ts';
import { type Disagreement, disagreements, type Sight } from './agreement.ts';
import { tryCredentials } from './credentials.ts';
import { historyFaults } from './history.ts';

/** The registry and EC2 as they are now. */
export async function look({ stack, database }: Storm): Promise<Sight> {
  const registryId = await database.registryId();
  return { registryId, rows: await database.rows(), instances: await readInstances(stack.ec2) };
}

/** Everything that is not as it must be, and how many credentials were tried. */
export async function judge(storm: Storm): Promise<{ found: Disagreement[]; tried: number }> {
  const { stack, database, ids, over } = storm;
  const sight = await look(storm);
  const events = await database.events(null);
  const lost = [...ids.values()].filter((id) => !sight.rows.some((row) => row.id === id));
  const found = [
    ...lost.map((id) => ({ workspaceId: id, what: 'was answered to its creator, and has no row' })),
    ...disagreements(sight),
    ...historyFaults(sight.rows, events),
  ];
  const credentials = await tryCredentials(stack, sight.rows, events, over);
  return { found: [...found, ...credentials.found], tried: credentials.tried };
}
