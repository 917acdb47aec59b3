import * as z from 'zod/mini';

/**
 * The schedule's event, whose id is the run's: EventBridge may deliver it twice. Or an operator's own invoke, with
 * `{"dry_run": true}` to be told what a run would do.
 */
export const orphansEvent = z.union([
  z.pipe(
    z.object({ 'detail-type': z.literal('Scheduled Event'), id: z.uuid() }),
    z.transform(({ id }) => ({ run: id, dryRun: false })),
  ),
  z.pipe(
    z.strictObject({ dry_run: z._default(z.boolean(), false) }),
    z.transform(({ dry_run }) => ({ dryRun: dry_run })),
  ),
]);
