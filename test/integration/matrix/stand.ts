import * as z from 'zod';
import { json } from '../../../lib/adapters/rds-data/columns.ts';
import { statement } from '../../../lib/adapters/rds-data/statement.ts';
import { EC2_OPERATIONS, STATUSES } from '../../../lib/domain/status.ts';
import { database } from '../../support/database.ts';

/** How a workspace stands, as far as a sweep may change it or has to go by it. Times are seconds. */
const standRow = z.object({
  id: z.uuid(),
  status: z.enum(STATUSES),
  status_since: z.string(),
  instance_id: z.string().nullable(),
  generation: z.int(),
  zone: z.string().nullable(),
  policy: z.enum(['on_instance_loss', 'on_silence', 'never']),
  owes: z.enum(EC2_OPERATIONS).nullable(),
  owes_when: z.boolean(),
  stopped_by: z.string().nullable(),
  token_version: z.int(),
  seen: z.int(),
  missing: z.number().nullable(),
  age: z.number(),
  silent: z.number(),
  lease: z.number(),
  beat_at: z.string(),
  /** EC2's answers may still be older than what was last asked of it. */
  settling: z.boolean(),
});

export type Stand = z.infer<typeof standRow>;
export type Stands = ReadonlyMap<string, Stand>;

const LONG_AGO = `now() - interval '1 year'`;
const seconds = (since: string) => `CAST(extract(epoch FROM clock_timestamp() - ${since}) AS double precision)`;

const readStands = statement({
  sql: `
SELECT w.id, w.status, w.status_since::text, w.instance_id, w.generation, w.availability_zone AS zone,
  w.restart_policy::text AS policy, w.ec2_op::text AS owes, w.ec2_next_at IS NOT NULL AS owes_when, w.stopped_by,
  h.token_version, w.absent_seen AS seen, ${seconds('w.absent_since')} AS missing,
  ${seconds('greatest(w.launched_at, w.boot_asked_at, w.created_at)')} AS age,
  ${seconds(`greatest(h.last_heartbeat_at, ${LONG_AGO})`)} AS silent,
  -${seconds(`greatest(h.lease_until, ${LONG_AGO})`)} AS lease,
  h.last_heartbeat_at::text AS beat_at, w.ec2_settles_at > now() AS settling
FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id
WHERE w.id IN (SELECT jsonb_array_elements_text(:ids::jsonb)::uuid)`,
  bind: ({ ids }: { ids: readonly string[] }) => ({ ids: JSON.stringify(ids) }),
  row: standRow,
});

/** How these workspaces stand now, by id. */
export async function standsOf(members: readonly { readonly id: string }[]): Promise<Map<string, Stand>> {
  const rows = await database.run(readStands, { ids: members.map(({ id }) => id) });
  return new Map(rows.map((row) => [row.id, row]));
}

const eventRow = z.object({
  seq: z.int(),
  workspace_id: z.uuid(),
  event: z.string(),
  from_status: z.enum(STATUSES).nullable(),
  to_status: z.enum(STATUSES).nullable(),
  reason: z.string().nullable(),
  evidence: json(z.record(z.string(), z.unknown())),
  actor: z.string(),
  request_id: z.string().nullable(),
  owes: z.enum(EC2_OPERATIONS).nullable(),
  instance_id: z.string().nullable(),
  at: z.string(),
});

export type Told = z.infer<typeof eventRow>;

const readEvents = statement({
  sql: `
SELECT e.id AS seq, e.workspace_id, e.event, e.from_status::text, e.to_status::text, e.reason, e.evidence::text, e.actor,
  e.request_id, e.owes::text, e.instance_id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
FROM workspace_events e
WHERE e.workspace_id IN (SELECT jsonb_array_elements_text(:ids::jsonb)::uuid) AND e.id > :since::bigint
ORDER BY e.id`,
  bind: ({ ids, since }: { ids: readonly string[]; since: number }) => ({ ids: JSON.stringify(ids), since }),
  row: eventRow,
});

/** What happened to these workspaces after the event `since`, in order. */
export function eventsAfter(members: readonly { readonly id: string }[], since: number): Promise<Told[]> {
  return database.run(readEvents, { ids: members.map(({ id }) => id), since });
}

const stateRow = z.object({
  cursor: z.uuid().nullable(),
  backlog: z.int(),
  held: z.int(),
  free: z.boolean(),
});

const readState = statement({
  sql: `SELECT cursor, backlog, held, fence_until <= now() AS free FROM sweep_state`,
  bind: () => ({}),
  row: stateRow,
});

/** What the last sweep has left for the next one. */
export async function sweepState(): Promise<z.infer<typeof stateRow>> {
  const [row] = await database.run(readState, undefined);
  if (row === undefined) throw new Error('there is no sweep_state');
  return row;
}
