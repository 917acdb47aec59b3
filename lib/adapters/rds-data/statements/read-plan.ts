import * as z from 'zod';
import { planAction } from '../../../domain/plan.ts';
import { statement } from '../statement.ts';

/** Characters of a row: at most 60 KB, whatever they are. A row of an answer holds 64 KB. */
const ROW_CHARACTERS = 15_000;

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
    row_characters: ROW_CHARACTERS,
  }),
  row: z.object({ part: z.string() }),
});

/** The actions that the rows of {@link readPlan} are; undefined where there are none. */
export function actionsIn(rows: readonly z.infer<typeof readPlan.row>[]) {
  return rows.length === 0 ? undefined : z.array(planAction).parse(JSON.parse(rows.map(({ part }) => part).join('')));
}
