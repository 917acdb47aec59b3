import * as z from 'zod/mini';

/** The facts of AbsenceFacts, of a row `w` of workspaces, `b` of heartbeats and `s` of sweep_state. */
export const ABSENCE_FACTS = `w.id AS "workspaceId", w.absent_seen AS cycles,
  CAST(extract(epoch FROM clock_timestamp() - w.absent_since) AS double precision) AS "missingSeconds",
  CAST(extract(epoch FROM clock_timestamp() - greatest(w.launched_at, w.boot_asked_at, w.created_at))
    AS double precision) AS "ageSeconds",
  CAST(extract(epoch FROM greatest(b.lease_until, now() - interval '1 year') - clock_timestamp())
    AS double precision) AS "leaseSeconds",
  CAST(extract(epoch FROM greatest(s.grace_until, now() - interval '1 year') - clock_timestamp())
    AS double precision) AS "graceSeconds"`;

export const absenceFactsRow = z.object({
  workspaceId: z.uuid(),
  cycles: z.int(),
  missingSeconds: z.number(),
  ageSeconds: z.number(),
  leaseSeconds: z.number(),
  graceSeconds: z.number(),
});
