import * as z from 'zod';
import { statement } from '../statement.ts';

/**
 * Lets the time come for what is owed for an instance, now that EC2 may show it: what would be looked at again within
 * `withinSeconds` anyway. A longer wait is a backoff, which stays; so does the wait of what was not asked for yet until
 * EC2's answers have settled, since the hint may be of what was asked before.
 */
export const hastenOperations = statement({
  sql: `
UPDATE workspaces SET
  ec2_next_at = CASE WHEN ec2_op IS NOT NULL AND instance_id = :instance_id::text
    THEN least(ec2_next_at, greatest(clock_timestamp(), CASE WHEN ec2_op_asked_at IS NULL THEN ec2_settles_at END))
    ELSE ec2_next_at END,
  previous_next_at = CASE WHEN previous_instance_id = :instance_id::text
    THEN least(previous_next_at, clock_timestamp()) ELSE previous_next_at END
WHERE instance_id = :instance_id::text AND ec2_op IS NOT NULL
    AND ec2_next_at <= clock_timestamp() + make_interval(secs => :within_seconds::double precision)
  OR previous_instance_id = :instance_id::text
RETURNING id`,
  bind: ({ instanceId, withinSeconds }: { instanceId: string; withinSeconds: number }) => ({
    instance_id: instanceId,
    within_seconds: withinSeconds,
  }),
  row: z.object({ id: z.uuid() }),
});
