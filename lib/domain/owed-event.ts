import * as z from 'zod';

/** What a function that does owed work is called with: one workspace, or the schedule's event, which stands for all. */
export const owedEvent = z.union([
  z.object({ workspace_id: z.uuid() }).transform(({ workspace_id }) => ({ workspaceId: workspace_id })),
  z.object({ 'detail-type': z.literal('Scheduled Event') }).transform(() => ({ workspaceId: null })),
]);
