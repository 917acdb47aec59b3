import * as z from 'zod/mini';
import { DROP_ANSWERS } from '../../../domain/retention.ts';
import { statement } from '../statement.ts';

/** Lets a month of events go that the database proves to be archived whole; of one that is gone it answers `dropped`. */
export const dropArchivedMonth = statement({
  sql: `SELECT drop_archived_month((:month::text || '-01')::date, :kept_months::integer) AS answer`,
  bind: ({ month, keptMonths }: { readonly month: string; readonly keptMonths: number }) => ({
    month,
    kept_months: keptMonths,
  }),
  row: z.object({ answer: z.enum(DROP_ANSWERS) }),
});
