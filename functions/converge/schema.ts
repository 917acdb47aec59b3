import * as z from 'zod';

/** An invoke for one workspace, or a schedule's event, which stands for all that owe EC2 something. */
export const convergeEvent = z.union([
  z.object({ workspace_id: z.uuid() }).transform(({ workspace_id }) => ({ workspaceId: workspace_id })),
  z.object({ 'detail-type': z.literal('Scheduled Event') }).transform(() => ({ workspaceId: null })),
]);
