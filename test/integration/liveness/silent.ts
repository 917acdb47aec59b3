import { makeWorkspace } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

type Options = Parameters<typeof makeWorkspace>[0] & {
  readonly zone?: string | null;
  /** Seconds since its last beat; its lease is 90. */
  readonly silentFor?: number;
  /** Seconds that it has had its status. */
  readonly statusFor?: number;
};

/** A workspace, online unless said otherwise, that last beat so long ago. */
export async function silentWorkspace({ zone = 'a', silentFor = 100, statusFor = 4000, ...options }: Options = {}) {
  const made = await makeWorkspace({ status: 'online', ...options });
  await sql(
    `UPDATE heartbeats SET lease_seconds = 90, last_heartbeat_at = now() - make_interval(secs => :s::integer),
       lease_until = now() - make_interval(secs => :s::integer - 90) WHERE workspace_id = :id::uuid`,
    { id: made.id, s: silentFor },
  );
  await sql(
    `UPDATE workspaces SET availability_zone = :zone::text,
       status_since = now() - make_interval(secs => :s::integer) WHERE id = :id::uuid`,
    { id: made.id, zone, s: statusFor },
  );
  return made;
}

/** So many of them, silent or, with `silentFor: 0`, beating. */
export const manyOf = (count: number, options: Options = {}) =>
  Promise.all(Array.from({ length: count }, () => silentWorkspace(options)));

/** Nothing of what earlier tests left is live. */
export async function removeEarlier(): Promise<void> {
  await sql(
    `UPDATE workspaces SET status = 'removed', cause = '{"event": "remove", "reason": "test", "actor": "test"}'
     WHERE status <> 'removed'`,
  );
  await sql(`UPDATE sweep_state SET grace_until = '-infinity', liveness_at = clock_timestamp()`);
  await sql('DELETE FROM silence_held');
}
