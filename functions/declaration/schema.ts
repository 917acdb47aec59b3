import * as z from 'zod';
import { pageLimit } from '../../lib/domain/page.ts';

export const workspacePath = z.object({ id: z.uuid() });

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** What PostgreSQL's integer holds. */
const version = z.coerce.number().pipe(z.int().min(1).max(2_147_483_647));

/** PUT /workspaces/{id}/declaration: what is misspelt is refused, lest a preview be carried out. */
export const declareQuery = z
  .strictObject({ dry_run: flag, force: flag })
  .transform(({ dry_run, force }) => ({ dryRun: dry_run, force }));

/** GET /workspaces/{id}/declaration: an old `version`, and what it changed. */
export const readQuery = z.strictObject({ version: version.optional() });

/** GET /workspaces/{id}/declaration/history: `cursor` is the version before which the page begins. */
export const historyQuery = z.strictObject({ cursor: version.optional(), limit: pageLimit });

export type ReadQuery = z.output<typeof readQuery>;
export type HistoryQuery = z.output<typeof historyQuery>;
