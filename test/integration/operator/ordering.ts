import { handler as commandsHandler } from '../../../functions/commands/index.ts';
import { httpEvent } from '../../support/events.ts';
import { call } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';

const routeOf = (command: string) =>
  command === 'remove' ? 'DELETE /workspaces/{id}' : `POST /workspaces/{id}/${command}`;

/** An operator's command, through the handler that Lambda runs. */
export const order = (command: string, id: string, query?: Record<string, string>) =>
  call(commandsHandler, httpEvent(routeOf(command), { id, ...(query === undefined ? {} : { query }) }));

/** Everything that a command could write of a workspace. */
export async function writtenOf(id: string) {
  const [row] = await sql(
    `SELECT to_jsonb(w)::text AS workspace, to_jsonb(h)::text AS heartbeat,
       (SELECT count(*)::integer FROM workspace_events e WHERE e.workspace_id = w.id) AS events
     FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id WHERE w.id = :id::uuid`,
    { id },
  );
  return row;
}

/** How often converge was asked to look at the workspace. */
export const convergesOf = (id: string) =>
  shared.now.lambda.invocations.filter(
    ({ functionName, payload }) =>
      functionName === 'muster-test-converge' && JSON.stringify(payload) === JSON.stringify({ workspace_id: id }),
  ).length;
