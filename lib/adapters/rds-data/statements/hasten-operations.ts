import * as z from 'zod';
import { statement } from '../statement.ts';

/**
 * Lets the time come for what is owed for an instance, now that EC2 may show it: what would be asked again within
 * `withinSeconds` anyway. A longer wait is a backoff, which stays.
 */
export const hastenOperations = statement({
  sql: `
UPDATE workspaces SET
  ec2_next_at = CASE WHEN ec2_op IS NOT NULL AND instance_id = :instance_id::text
    THEN least(ec2_next_at, clock_timestamp()) ELSE ec2_next_at END,
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
