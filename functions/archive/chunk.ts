import { createHash } from 'node:crypto';
import type { ArchivableMonth, RetentionStore } from '../../lib/domain/retention.ts';

/** An object holds at most so many events, and ends with the page that brings it to so many bytes. */
export type ChunkSize = { readonly events: number; readonly bytes: number; readonly pageEvents: number };

export const CHUNK_SIZE: ChunkSize = { events: 10_000, bytes: 16_000_000, pageEvents: 1_000 };

/** Digits of the digest that an object's name ends with. */
const NAMED_DIGITS = 16;

/** The next events of a month as one object: a line of JSON each, in the order of their ids. */
export type Chunk = {
  readonly firstId: number;
  readonly lastId: number;
  readonly events: number;
  readonly sha256: string;
  readonly key: string;
  readonly content: Uint8Array;
};

type Line = { readonly id: number; readonly text: string };

/**
 * Reads what follows event `after`. The same events make the same bytes, so that who begins again after a crash uploads
 * the same object.
 * @returns undefined at the end of the month
 */
export async function readChunk(
  store: Pick<RetentionStore, 'readEventLines'>,
  { month, after }: ArchivableMonth,
  size: ChunkSize,
): Promise<Chunk | undefined> {
  const lines: Line[] = [];
  let bytes = 0;
  while (lines.length < size.events && bytes < size.bytes) {
    const limit = Math.min(size.pageEvents, size.events - lines.length);
    const page = joined(await store.readEventLines({ month, after: lines.at(-1)?.id ?? after, limit }));
    if (page.length === 0) break;
    lines.push(...page);
    bytes += page.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  }
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const content = Buffer.from(lines.map(({ text }) => `${text}\n`).join(''));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return {
    firstId: first.id,
    lastId: last.id,
    events: lines.length,
    sha256,
    // Every registry numbers its events from 1: where two have one bucket, neither writes over what the other proved.
    key: `events/${month}/${first.id}-${last.id}-${sha256.slice(0, NAMED_DIGITS)}.ndjson.gz`,
    content,
  };
}

/** A long line comes in several rows. */
function joined(rows: Awaited<ReturnType<RetentionStore['readEventLines']>>): Line[] {
  const texts = new Map<number, string>();
  for (const { id, part } of rows) texts.set(id, (texts.get(id) ?? '') + part);
  return [...texts].map(([id, text]) => ({ id, text }));
}
