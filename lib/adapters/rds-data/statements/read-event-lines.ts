import * as z from 'zod/mini';
import type { EventLinesInput } from '../../../domain/retention.ts';
import { TEXT_ROW_CHARACTERS } from '../columns.ts';
import { statement } from '../statement.ts';

/** Bytes of a page's lines, the last of them apart: as JSON inside of JSON they take up to twice that of 1 MiB. */
const PAGE_BYTES = 400_000;

/**
 * The next lines of a month's events, in the order of their ids, each in as many rows as a row's 64 KB ask for. The same
 * events are always the same pages.
 */
export const readEventLines = statement({
  sql: `
WITH page AS MATERIALIZED (
  SELECT e.id, event_line(e) AS line
  FROM workspace_events e
  WHERE e.at >= (:month::text || '-01')::timestamp AT TIME ZONE 'UTC'
    AND e.at < ((:month::text || '-01')::timestamp + interval '1 month') AT TIME ZONE 'UTC'
    AND e.id > :after::bigint
  ORDER BY e.id
  LIMIT :limit::integer
), sized AS (
  SELECT id, line, sum(octet_length(line)) OVER (ORDER BY id) - octet_length(line) AS before FROM page
)
SELECT s.id, substr(s.line, part.first, :row_characters::integer) AS part
FROM sized s, generate_series(1, char_length(s.line), :row_characters::integer) AS part(first)
WHERE s.before < :page_bytes::integer
ORDER BY s.id, part.first`,
  bind: ({ month, after, limit }: EventLinesInput) => ({
    month,
    after,
    limit,
    row_characters: TEXT_ROW_CHARACTERS,
    page_bytes: PAGE_BYTES,
  }),
  row: z.object({ id: z.int(), part: z.string() }),
});
