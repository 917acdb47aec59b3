import * as z from 'zod/mini';
import { EC2_OPERATIONS } from '../../../domain/status.ts';
import { RESTART_POLICIES } from '../../../domain/workspace.ts';
import { timestamp } from '../columns.ts';
import { statement } from '../statement.ts';
import { CANDIDATE_COLUMNS, candidateRow } from './read-candidates.ts';

/** What an explanation of the sweep starts from: how one workspace stands, and the clocks that go by it, in seconds. */
export const readStanding = statement({
  sql: `
SELECT ${CANDIDATE_COLUMNS}, name, clock_timestamp() AS at, status_since AS "statusSince", status_reason AS "statusReason",
  restart_policy AS "restartPolicy", launch IS NULL AS external, ec2_op AS owes, launched_at AS "launchedAt",
  CAST(extract(epoch FROM clock_timestamp() - NULLIF(h.last_heartbeat_at, '-infinity')) AS double precision)
    AS "silentSeconds",
  CAST(extract(epoch FROM NULLIF(h.lease_until, '-infinity') - clock_timestamp()) AS double precision) AS "leaseSeconds"
FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id
WHERE w.id = :id::uuid`,
  bind: ({ id }: { id: string }) => ({ id }),
  row: z.extend(candidateRow, {
    instanceId: z.nullable(z.string()),
    name: z.string(),
    statusSince: timestamp,
    statusReason: z.string(),
    at: timestamp,
    restartPolicy: z.enum(RESTART_POLICIES),
    external: z.boolean(),
    owes: z.nullable(z.enum(EC2_OPERATIONS)),
    launchedAt: z.nullable(timestamp),
    silentSeconds: z.nullable(z.number()),
    leaseSeconds: z.nullable(z.number()),
  }),
});
