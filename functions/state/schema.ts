import * as z from 'zod/mini';

export const statePath = z.object({ id: z.string() });
