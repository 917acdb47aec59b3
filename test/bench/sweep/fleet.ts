import { z } from 'zod';
import type { World } from './world.ts';

/** Rows a statement. */
const AT_ONCE = 10_000;

const planted = z.object({ instanceIds: z.array(z.string()) });

/**
 * Makes so many online workspaces that beat, spread over the zones, each with an instance that EC2 lists.
 * @returns the ids of the instances
 */
export async function makeFleet(world: World, size: number): Promise<string[]> {
  const { zones, sql, control } = world;
  const [registry] = await sql('SELECT id::text FROM registry_identity');
  const tags = { 'muster:registry': z.string().parse(registry?.id) };
  const all: string[] = [];
  for (const [at, zone] of zones.entries()) {
    const count = Math.ceil((size - at) / zones.length);
    const { instanceIds } = planted.parse(await control('POST', 'instances', { count, zone, tags }));
    for (let from = 0; from < count; from += AT_ONCE) await store(world, instanceIds.slice(from, from + AT_ONCE), zone);
    all.push(...instanceIds);
  }
  await sql('VACUUM ANALYZE workspaces');
  await sql('VACUUM ANALYZE heartbeats');
  return all;
}

/** Takes the fleet so far away: rows are never deleted, so they lose their instances. */
export async function forgetFleet({ sql }: World): Promise<void> {
  await sql(`UPDATE workspaces SET instance_id = NULL, previous_instance_id = NULL, restart_policy = 'never'
             WHERE instance_id IS NOT NULL OR previous_instance_id IS NOT NULL`);
  await sql(`UPDATE workspaces SET status = 'removed', cause = '{"event": "remove", "reason": "bench", "actor": "bench"}'
             WHERE status <> 'removed'`);
  await sql(`UPDATE sweep_state SET fence_until = '-infinity', cursor = NULL, grace_until = '-infinity'`);
  await sql('VACUUM FULL workspaces');
}

/** All beat now, and have been there for an hour. */
export async function beat({ sql }: World): Promise<void> {
  await sql(`UPDATE heartbeats SET last_heartbeat_at = now(), lease_until = now() + interval '10 minutes'`);
  await sql(`UPDATE workspaces SET status_since = now() - interval '1 hour', launched_at = now() - interval '1 hour',
             boot_asked_at = NULL, created_at = now() - interval '1 hour' WHERE status = 'online'`);
}

/** How many of the fleet are in each status. */
export async function statuses({ sql }: World): Promise<Readonly<Record<string, number>>> {
  const rows = await sql(`SELECT status::text, count(*)::integer AS count FROM workspaces
                          WHERE status <> 'removed' GROUP BY status`);
  return Object.fromEntries(
    z
      .array(z.object({ status: z.string(), count: z.int() }))
      .parse(rows)
      .map((row) => [row.status, row.count]),
  );
}

async function store({ sql }: World, instanceIds: readonly string[], zone: string): Promise<void> {
  const ids = await sql(
    `INSERT INTO workspaces (id, name, runtime, launch, created_by, instance_id, availability_zone, launched_at)
     SELECT gen_random_uuid(), 'bench', 'agent', '{"launch_template_id": "lt-00000000000000001"}',
       '{"actor": "bench"}', i.id, $2, now() - interval '1 hour'
     FROM jsonb_array_elements_text($1::jsonb) AS i (id)
     RETURNING id`,
    [JSON.stringify(instanceIds), zone],
  );
  await sql(
    `UPDATE workspaces SET status = 'online', cause = '{"event": "register", "reason": "bench", "actor": "bench"}'
     WHERE id IN (SELECT (jsonb_array_elements_text($1::jsonb))::uuid)`,
    [JSON.stringify(ids.map(({ id }) => String(id)))],
  );
}
