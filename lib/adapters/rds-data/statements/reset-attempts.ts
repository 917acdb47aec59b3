import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * What has been online for `healthySeconds` has its whole budget of launches, starts and reboots again; not in the grace
 * after our own outage, in which a workspace may be online only because nobody has looked.
 */
export const resetAttempts = statement({
  sql: `
WITH healthy AS (
  SELECT w.id FROM workspaces w, sweep_state s
  WHERE s.grace_until < now() AND w.ec2_attempts > 0 AND w.status = 'online'
    AND w.status_since + make_interval(secs => :healthy_seconds::integer) < now()
  ORDER BY w.id
  LIMIT :limit::integer
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET ec2_attempts = 0, updated_at = clock_timestamp()
FROM healthy h WHERE w.id = h.id
RETURNING w.id`,
  bind: ({ limit, healthySeconds }: { readonly limit: number; readonly healthySeconds: number }) => ({
    limit,
    healthy_seconds: healthySeconds,
  }),
  row: z.object({ id: z.uuid() }),
});
