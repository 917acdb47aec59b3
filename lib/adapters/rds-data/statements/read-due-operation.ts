import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/** In how many seconds it is time for what a workspace owes EC2 and was not asked for yet; no row where nothing is. */
export const readDueOperation = statement({
  sql: `
SELECT CAST(greatest(0, extract(epoch FROM ec2_next_at - clock_timestamp())) AS double precision) AS seconds
FROM workspaces
WHERE id = :id::uuid AND ec2_op IS NOT NULL AND ec2_op_asked_at IS NULL
  AND (ec2_lease_until IS NULL OR ec2_lease_until < clock_timestamp())`,
  bind: ({ id }: { id: string }) => ({ id }),
  row: z.object({ seconds: z.number() }),
});
