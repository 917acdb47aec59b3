import * as z from 'zod';

export const statePath = z.object({ id: z.string() });
