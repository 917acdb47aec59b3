import { Client } from 'pg';
import { z } from 'zod';
import { beatPolicy, DEFAULT_POLICY } from '../../../lib/domain/policy.ts';

/** Rows a statement. */
const AT_ONCE = 10_000;

const created = z.array(z.object({ id: z.uuid(), instanceId: z.string() }));

/** A workspace that beats: online, with an instance, and a runtime token of its first generation. */
export type Beating = { readonly id: string; readonly instanceId: string };

/**
 * Makes so many online workspaces that are done with their reconcile, as nearly all of a fleet are at any time.
 * @param url of a migrated database, as its owner
 */
export async function makeFleet(url: string, size: number): Promise<Beating[]> {
  const database = new Client(url);
  await database.connect();
  const fleet: Beating[] = [];
  while (fleet.length < size) {
    const { rows } = await database.query(
      `INSERT INTO workspaces (id, name, runtime, launch, created_by, instance_id, availability_zone, launched_at)
       SELECT gen_random_uuid(), 'bench', 'agent', '{"launch_template_id": "lt-00000000000000001"}',
         '{"actor": "bench"}', 'i-' || to_char(number, 'FM00000000000000000'), 'us-east-1a', now() - interval '1 hour'
       FROM generate_series($1::integer + 1, $1::integer + $2::integer) AS number
       RETURNING id, instance_id AS "instanceId"`,
      [fleet.length, AT_ONCE],
    );
    fleet.push(...created.parse(rows));
  }
  await database.query(
    `UPDATE workspaces SET status = 'online', cause = '{"event": "register", "reason": "bench", "actor": "bench"}'`,
  );
  await database.query(
    "UPDATE workspaces SET reconcile_done = reconcile_wanted, status_since = now() - interval '1 hour'",
  );
  await database.query(`UPDATE sweep_state SET fleet_size = $1`, [size]);
  // As the first beat of each leaves it.
  await database.query(
    `UPDATE heartbeats SET bootstrap_open = false, last_heartbeat_at = now(),
       lease_seconds = lease_seconds(pace_seconds(external, $1, $2), $2)`,
    [size, JSON.stringify(beatPolicy(DEFAULT_POLICY))],
  );
  for (const table of ['workspaces', 'heartbeats', 'workspace_events']) await database.query(`VACUUM ANALYZE ${table}`);
  await database.end();
  return fleet.slice(0, size);
}
