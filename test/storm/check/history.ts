import { TRANSITIONS } from '../../../lib/domain/status.ts';
import type { RegistryEvent, RegistryRow } from '../registry/records.ts';
import type { Disagreement } from './agreement.ts';

/**
 * Where the history is not that of the rows: it begins with `created`, each change begins where the one before ended, is
 * in the status table and of no lower generation, and the last ends at the row's status.
 * @param events in the order of writing
 */
export function historyFaults(rows: readonly RegistryRow[], events: readonly RegistryEvent[]): Disagreement[] {
  const byWorkspace = Map.groupBy(events, ({ workspace_id }) => workspace_id);
  return rows.flatMap((row) => {
    const changes = (byWorkspace.get(row.id) ?? []).filter(({ from_status, to_status }) => from_status ?? to_status);
    return faultsOf(row, changes).map((what) => ({ workspaceId: row.id, what }));
  });
}

function faultsOf(row: RegistryRow, changes: readonly RegistryEvent[]): string[] {
  const found: string[] = [];
  let status: string | null = null;
  let generation = 1;
  for (const change of changes) {
    const { id, event, from_status, to_status } = change;
    const name = `event ${id}, ${event} from ${from_status} to ${to_status},`;
    const listed = TRANSITIONS.some((one) => one.event === event && one.from === from_status && one.to === to_status);
    if (!listed) found.push(`${name} is not in the status table`);
    if (from_status !== status) found.push(`${name} comes after ${status}`);
    if (change.generation < generation)
      found.push(`${name} falls from generation ${generation} to ${change.generation}`);
    status = to_status;
    generation = change.generation;
  }
  if (changes.length === 0) found.push('has no history');
  else if (status !== row.status) found.push(`is ${row.status}, and its history ends at ${status}`);
  if (row.generation < generation) found.push(`is of generation ${row.generation}, and its history of ${generation}`);
  return found;
}
