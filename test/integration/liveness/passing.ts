import { beatRecord } from '../../support/records.ts';
import { type Made, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

/** Time passes: whatever was so at a time was so as much longer ago. */
export const pass = async (seconds: number) => {
  await sql(
    `UPDATE heartbeats SET last_heartbeat_at = last_heartbeat_at - make_interval(secs => :s::integer),
       lease_until = lease_until - make_interval(secs => :s::integer)`,
    { s: seconds },
  );
  await sql(
    `UPDATE workspaces SET status_since = status_since - make_interval(secs => :s::integer),
       boot_asked_at = boot_asked_at - make_interval(secs => :s::integer)`,
    { s: seconds },
  );
  await sql(
    `UPDATE sweep_state SET liveness_at = liveness_at - make_interval(secs => :s::integer),
       grace_until = grace_until - make_interval(secs => :s::integer)`,
    { s: seconds },
  );
};

/** Each of them beats now, as it has for a day. */
export const beat = async (made: readonly Made[]) => {
  for (const { id } of made) await store.recordHeartbeat(beatRecord(id, { uptime_seconds: 86_400 }));
};
