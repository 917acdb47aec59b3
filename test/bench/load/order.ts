import { z } from 'zod';

/** What the process with the runtimes is told, on its stdin. */
export const order = z.object({
  api: z.url(),
  runtimes: z.array(z.object({ id: z.uuid(), token: z.string() })),
  /** Seconds over which they come up, one after the other. */
  spreadSeconds: z.number(),
  /** Seconds from the start to when beats begin to be measured, and for which they are. */
  warmUpSeconds: z.number(),
  steadySeconds: z.number(),
});
export type Order = z.infer<typeof order>;

/** What it says, a line of JSON each. */
export const saying = z.discriminatedUnion('said', [
  z.object({ said: z.literal('steady') }),
  z.object({
    said: z.literal('done'),
    /** Milliseconds from each beat of the steady time to its answer. */
    latenciesMs: z.array(z.number()),
    /** What went wrong at any time, each with how often. */
    errors: z.record(z.string(), z.int()),
  }),
]);
export type Saying = z.infer<typeof saying>;
