import * as z from 'zod/mini';

/** GET /problems/{code}. A code that there is none of is no such page, as any other path that there is none of. */
export const problemPath = z.object({ code: z.string() });
