import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Counts, zone by zone, who is live, who of them is silent, whose instance EC2 should be asked about since it, or its
 * workspace that is offline for it, is silent, and who is unheard for `unheardLeases` of its lease of those
 * that were beating: whoever has been silent for `ownSilenceSeconds`, and two leases, by the time of the newest beat of
 * all is not one of them. Reads the fleet once, and writes nothing.
 */
export const surveyFleet = statement({
  sql: `
SELECT zone, count(*) FILTER (WHERE is_live)::integer AS live,
  count(*) FILTER (WHERE is_live AND lease_until < now())::integer AS silent,
  count(*) FILTER (WHERE is_live AND was_beating AND lease_until < now())::integer AS "newlySilent",
  count(instance_id) FILTER (WHERE lease_until < now())::integer AS "silentInstances",
  count(*) FILTER (WHERE is_live AND was_beating)::integer AS beating,
  count(*) FILTER (WHERE is_live AND was_beating
    AND lease_until < now() + make_interval(secs => lease_seconds * (1 - :unheard_leases::double precision)))::integer
    AS unheard,
  max(lease_seconds) AS "leaseSeconds",
  now()::text AS "surveyedAt"
FROM (
  SELECT w.availability_zone AS zone, w.instance_id, w.status <> 'offline' AS is_live, h.lease_until, h.lease_seconds,
    h.last_heartbeat_at > (SELECT max(last_heartbeat_at) FROM heartbeats) - make_interval(
      secs => greatest(:own_silence_seconds::double precision, 2 * h.lease_seconds)) AS was_beating
  FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id
  WHERE w.status IN ('online', 'degraded') OR w.status = 'offline' AND w.status_reason = 'lease_expired'
) AS one
GROUP BY zone`,
  bind: ({ unheardLeases, ownSilenceSeconds }: { unheardLeases: number; ownSilenceSeconds: number }) => ({
    unheard_leases: unheardLeases,
    own_silence_seconds: ownSilenceSeconds,
  }),
  row: z.object({
    zone: z.nullable(z.string()),
    live: z.int(),
    silent: z.int(),
    newlySilent: z.int(),
    silentInstances: z.int(),
    beating: z.int(),
    unheard: z.int(),
    leaseSeconds: z.int(),
    surveyedAt: z.string(),
  }),
});
