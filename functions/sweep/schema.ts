import * as z from 'zod/mini';

/** Any event of a schedule is a run; an operator's own invoke asks what one would do, or would do to one workspace. */
export const sweepEvent = z.union(
  [
    z.pipe(
      z.strictObject({ dry_run: z.literal(true) }),
      z.transform(() => ({ ask: 'dry_run' as const })),
    ),
    z.pipe(
      z.strictObject({ explain: z.uuid('is not the id of a workspace') }),
      z.transform(({ explain }) => ({
        ask: 'explain' as const,
        workspaceId: explain,
      })),
    ),
    z.pipe(
      z.object({ 'detail-type': z.literal('Scheduled Event') }),
      z.transform(() => ({ ask: 'run' as const })),
    ),
  ],
  'is neither the event of a schedule, nor {"dry_run": true}, nor {"explain": "<id of a workspace>"}',
);
