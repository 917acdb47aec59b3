import type { ArchivableMonth, ArchiveObjects, RetentionStore } from '../../lib/domain/retention.ts';
import { ArchiveDiffers, ArchiveTaken } from '../../lib/domain/retention.ts';
import { type ChunkSize, readChunk } from './chunk.ts';

type Ports = {
  readonly store: Pick<RetentionStore, 'readEventLines' | 'recordArchivedEvents'>;
  readonly objects: ArchiveObjects;
  readonly size: ChunkSize;
};

type Turn = { readonly owner: string; readonly holdSeconds: number; readonly timeLeftMs: () => number };

/**
 * Uploads what is not archived yet of a month, an object at a time, each recorded once it is there.
 * @returns how many events, and whether the end of the month was reached
 * @throws ArchiveTaken, ArchiveDiffers
 */
export async function archiveMonth(
  { store, objects, size }: Ports,
  { month, after }: ArchivableMonth,
  { owner, holdSeconds, timeLeftMs }: Turn,
): Promise<{ events: number; whole: boolean }> {
  let archived = 0;
  let reached = after;
  while (timeLeftMs() > 0) {
    const chunk = await readChunk(store, { month, after: reached }, size);
    if (chunk === undefined) return { events: archived, whole: true };
    const { content, ...facts } = chunk;
    const metadata = { events: String(chunk.events), sha256: chunk.sha256 };
    await objects.put({ key: chunk.key, content, metadata });
    const record = () => store.recordArchivedEvents({ ...facts, owner, holdSeconds, month, bucket: objects.bucket });
    let answer = await record();
    // What a try of it that went unanswered wrote meanwhile, only a later statement sees.
    if (answer.held && !answer.recorded) answer = await record();
    if (!answer.held) throw new ArchiveTaken(`another run took the archive while ${chunk.key} was uploaded`);
    if (!answer.recorded) throw new ArchiveDiffers(`${chunk.key} is not what the database has of these events`);
    archived += chunk.events;
    reached = chunk.lastId;
  }
  return { events: archived, whole: false };
}
