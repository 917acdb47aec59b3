import * as z from 'zod/mini';

/** What a function that does owed work is called with: one workspace, or the schedule's event, which stands for all. */
export const owedEvent = z.union([
  z.pipe(
    z.object({ workspace_id: z.uuid() }),
    z.transform(({ workspace_id }) => ({ workspaceId: workspace_id })),
  ),
  z.pipe(
    z.object({ 'detail-type': z.literal('Scheduled Event') }),
    z.transform(() => ({ workspaceId: null })),
  ),
]);
