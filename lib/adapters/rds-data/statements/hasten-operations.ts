import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Lets the time come for what is owed for instances, now that EC2 may show it: what would be looked at again within
 * `withinSeconds` anyway. A longer wait is a backoff, which stays; so does the wait of what was not asked for yet until
 * EC2's answers have settled, since the hint may be of what was asked before. At most 1,000 instances a statement.
 */
export const hastenOperations = statement({
  sql: `
WITH hinted AS (
  SELECT jsonb_array_elements_text(:instance_ids::jsonb) AS instance_id
), concerned AS (
  SELECT w.id FROM workspaces w JOIN hinted ON hinted.instance_id = w.instance_id WHERE w.ec2_op IS NOT NULL
  UNION
  SELECT w.id FROM workspaces w JOIN hinted ON hinted.instance_id = w.previous_instance_id
), held AS (
  SELECT w.id,
    COALESCE(w.ec2_next_at <= clock_timestamp() + make_interval(secs => :within_seconds::double precision)
      AND w.instance_id IN (SELECT instance_id FROM hinted), false) AS own,
    COALESCE(w.previous_instance_id IN (SELECT instance_id FROM hinted), false) AS previous
  FROM workspaces w JOIN concerned USING (id)
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET
  ec2_next_at = CASE WHEN held.own
    THEN least(w.ec2_next_at, greatest(clock_timestamp(), CASE WHEN w.ec2_op_asked_at IS NULL THEN w.ec2_settles_at END))
    ELSE w.ec2_next_at END,
  previous_next_at = CASE WHEN held.previous
    THEN least(w.previous_next_at, clock_timestamp()) ELSE w.previous_next_at END
FROM held WHERE w.id = held.id AND (held.own AND w.ec2_op IS NOT NULL OR held.previous)
RETURNING w.id`,
  bind: ({ instanceIds, withinSeconds }: { instanceIds: readonly string[]; withinSeconds: number }) => ({
    instance_ids: JSON.stringify(instanceIds),
    within_seconds: withinSeconds,
  }),
  row: z.object({ id: z.uuid() }),
});
