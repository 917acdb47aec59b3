import * as z from 'zod/mini';
import { planAction } from '../../../domain/plan.ts';
import { documentIn, documentPart, TEXT_ROW_CHARACTERS } from '../columns.ts';
import { statement } from '../statement.ts';

/** The actions of a plan, as text in rows that are to be joined; none where another plan is there by now. */
export const readPlan = statement({
  sql: `
SELECT substr(p.actions, part.first, :row_characters::integer) AS part
FROM (
  SELECT CAST(actions AS text) AS actions FROM plans
  WHERE workspace_id = :workspace_id::uuid AND plan_id = :plan_id::text
) p, generate_series(1, char_length(p.actions), :row_characters::integer) AS part(first)
ORDER BY part.first`,
  bind: ({ workspaceId, planId }: { workspaceId: string; planId: string }) => ({
    workspace_id: workspaceId,
    plan_id: planId,
    row_characters: TEXT_ROW_CHARACTERS,
  }),
  row: documentPart,
});

/** The actions that the rows of {@link readPlan} are; undefined where there are none. */
export function actionsIn(rows: readonly z.infer<typeof documentPart>[]) {
  return rows.length === 0 ? undefined : z.array(planAction).parse(documentIn(rows));
}
