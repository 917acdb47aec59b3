import { z } from 'zod';
import type { Query, RegistryClient } from './client.ts';
import { understood } from './understood.ts';

/** The most items that the registry puts on one page. */
const largestPage = 200;

export type Page = { readonly items: readonly unknown[]; readonly next_cursor: string | null };

const page = z.object({ items: z.array(z.unknown()), next_cursor: z.string().nullable() });

type Listing = {
  readonly path: string;
  readonly query?: Query;
  /** How many items are wanted; all, when it is missing. */
  readonly atMost?: number;
  readonly signal?: AbortSignal;
};

/**
 * Reads page after page as one page, until there is no next one, `atMost` items are there or `isEnough` says so of a page.
 *
 * @throws what {@link RegistryClient.call} throws; what was read before is then lost
 */
export async function readPages(
  registry: RegistryClient,
  { path, query = [], atMost = Number.POSITIVE_INFINITY, ...rest }: Listing,
  isEnough: (page: readonly unknown[]) => boolean = () => false,
): Promise<Page> {
  const items: unknown[] = [];
  let cursor: Query = [];
  for (;;) {
    const limit = ['limit', String(Math.min(largestPage, atMost - items.length))] as const;
    const answer = await registry.call({ method: 'GET', path, query: [...query, limit, ...cursor], ...rest });
    const { items: read, next_cursor } = understood(page, answer);
    items.push(...read);
    if (next_cursor === null || items.length >= atMost || isEnough(read)) return { items, next_cursor };
    cursor = [['cursor', next_cursor]];
  }
}
