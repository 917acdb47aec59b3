import * as z from 'zod/mini';
import { ResultTooLarge } from './errors.ts';

/** How many rows a caller asks for at most. */
export const pageLimit = z._default(z.pipe(z.coerce.number(), z.int().check(z.gte(1), z.lte(200))), 50);

/** One page of a listing; `next_cursor` is where the next one begins, null on the last. */
export type Page<Row> = { readonly items: readonly Row[]; readonly next_cursor: string | null };

/**
 * One row more than the page is read: its presence says that there is a next one. Rows that outgrow what one call may
 * carry (1 MiB) make the page shorter, never an error.
 * @param keyOf what the next page begins after
 */
export async function page<Row>(
  limit: number,
  read: (rows: number) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string | number,
): Promise<Page<Row>> {
  try {
    const rows = await read(limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, next_cursor: rows.length > limit && last !== undefined ? String(keyOf(last)) : null };
  } catch (error) {
    if (!(error instanceof ResultTooLarge) || limit === 1) throw error;
    return page(Math.floor(limit / 2), read, keyOf);
  }
}
