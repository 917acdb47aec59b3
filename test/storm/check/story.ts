import type { RegistryEvent } from '../registry/records.ts';
import type { Sight } from './agreement.ts';

/** Everything that is known of one workspace: its row, its history, and what EC2 says of its instances. */
export function storyOf(workspaceId: string, { rows, instances }: Sight, events: readonly RegistryEvent[]): string[] {
  const row = rows.find(({ id }) => id === workspaceId);
  const mentioned = new Set([row?.instance_id, row?.previous_instance_id]);
  return [
    `workspace ${workspaceId}`,
    `  row ${JSON.stringify(row)}`,
    ...instances
      .filter(({ id, workspaceId: tagged }) => tagged === workspaceId || mentioned.has(id))
      .map(({ id, state, reason, generation }) => `  ${id} generation ${generation}: ${state} (${reason})`),
    ...events.filter(({ workspace_id }) => workspace_id === workspaceId).map((event) => `  ${describe(event)}`),
  ];
}

function describe(event: RegistryEvent): string {
  const { at, id, event: name, from_status, to_status, reason, actor, owes, generation, instance_id } = event;
  const change = to_status === null ? '' : ` ${from_status} → ${to_status}`;
  const owed = owes === null ? '' : ` owes ${owes}`;
  const of = `generation ${generation} ${instance_id ?? 'no instance'}`;
  return `${at.toISOString()} ${id} ${name}${change}${owed} (${reason}) by ${actor}, ${of} ${JSON.stringify(event.evidence)}`;
}
