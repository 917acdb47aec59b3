import * as z from 'zod/mini';
import { ORPHAN_ACTIONS } from '../../../domain/orphan.ts';
import type { OwnerQuestion } from '../../../domain/orphan-store.ts';
import { json } from '../columns.ts';
import { statement } from '../statement.ts';

/**
 * What the registry knows of listed instances: the row that their tag names, whether another row has them, and what an
 * earlier run found. An external workspace launches nothing, so its row owns none.
 */
export const readOwners = statement({
  sql: `
SELECT
  i.instance_id AS "instanceId",
  CASE WHEN w.id IS NOT NULL THEN jsonb_build_object(
    'generation', w.generation, 'instanceId', w.instance_id, 'previousInstanceId', w.previous_instance_id,
    'removed', w.status = 'removed', 'owing', w.ec2_op IS NOT NULL,
    'launching', COALESCE(w.ec2_op = 'launch' AND w.ec2_op_asked_at IS NOT NULL AND w.instance_id IS NULL
      AND w.ec2_lease_until > clock_timestamp(), false)) END AS row,
  COALESCE(holder.id <> i.workspace_id, holder.id IS NOT NULL)
    OR i.instance_id IN (SELECT previous_instance_id FROM workspaces WHERE previous_instance_id IS NOT NULL)
      AND w.previous_instance_id IS DISTINCT FROM i.instance_id AS "heldByAnother",
  s.action AS sighted
FROM jsonb_to_recordset(:rows::jsonb) AS i(instance_id text, workspace_id uuid, generation integer)
LEFT JOIN workspaces w ON w.id = i.workspace_id AND w.launch IS NOT NULL
LEFT JOIN workspaces holder ON holder.instance_id = i.instance_id
LEFT JOIN orphan_sightings s ON s.instance_id = i.instance_id
  AND s.workspace_id IS NOT DISTINCT FROM i.workspace_id AND s.generation IS NOT DISTINCT FROM i.generation`,
  bind: ({ rows }: { readonly rows: readonly OwnerQuestion[] }) => ({ rows: JSON.stringify(rows) }),
  row: z.object({
    instanceId: z.string(),
    row: z.nullable(
      json(
        z.object({
          generation: z.int(),
          instanceId: z.nullable(z.string()),
          previousInstanceId: z.nullable(z.string()),
          removed: z.boolean(),
          owing: z.boolean(),
          launching: z.boolean(),
        }),
      ),
    ),
    heldByAnother: z.boolean(),
    sighted: z.nullable(z.enum(ORPHAN_ACTIONS)),
  }),
});
