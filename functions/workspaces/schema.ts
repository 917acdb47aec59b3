import * as z from 'zod';

const limit = z.coerce.number().pipe(z.int().min(1).max(200)).default(50);

/** GET /workspaces: `cursor` is the id after which the page begins. */
export const listQuery = z.strictObject({ cursor: z.uuid().optional(), limit });

/** GET /workspaces/{id}/events: `cursor` is the event id before which the page begins. */
export const eventsQuery = z.strictObject({ cursor: z.coerce.number().pipe(z.int().min(1)).optional(), limit });

export const workspacePath = z.object({ id: z.uuid() });
