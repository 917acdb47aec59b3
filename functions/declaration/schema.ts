import * as z from 'zod/mini';
import { pageLimit } from '../../lib/domain/page.ts';

export const workspacePath = z.object({ id: z.uuid() });

const flag = z.pipe(
  z._default(z.enum(['true', 'false']), 'false'),
  z.transform((text) => text === 'true'),
);

/** What PostgreSQL's integer holds. */
const version = z.pipe(z.coerce.number(), z.int().check(z.gte(1), z.lte(2_147_483_647)));

/** PUT /workspaces/{id}/declaration: what is misspelt is refused, lest a preview be carried out. */
export const declareQuery = z.pipe(
  z.strictObject({ dry_run: flag, force: flag }),
  z.transform(({ dry_run, force }) => ({ dryRun: dry_run, force })),
);

/** GET /workspaces/{id}/declaration: an old `version`, and what it changed. */
export const readQuery = z.strictObject({ version: z.optional(version) });

/** GET /workspaces/{id}/declaration/history: `cursor` is the version before which the page begins. */
export const historyQuery = z.strictObject({ cursor: z.optional(version), limit: pageLimit });

export type ReadQuery = z.output<typeof readQuery>;
export type HistoryQuery = z.output<typeof historyQuery>;
