import * as z from 'zod';

/**
 * The schedule's event, whose id is the run's: EventBridge may deliver it twice. Or an operator's own invoke, with
 * `{"dry_run": true}` to be told what a run would do.
 */
export const orphansEvent = z.union([
  z
    .object({ 'detail-type': z.literal('Scheduled Event'), id: z.uuid() })
    .transform(({ id }) => ({ run: id, dryRun: false })),
  z.strictObject({ dry_run: z.boolean().default(false) }).transform(({ dry_run }) => ({ dryRun: dry_run })),
]);
