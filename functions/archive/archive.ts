import { randomUUID } from 'node:crypto';
import type { Count } from '../../lib/domain/metrics.ts';
import type { ArchiveObjects, PurgeStore, RetentionStore } from '../../lib/domain/retention.ts';
import { NOT_DROPPED } from '../../lib/domain/retention.ts';
import { archiveMonth } from './archive-month.ts';
import { CHUNK_SIZE } from './chunk.ts';
import { purge } from './purge.ts';

type Ports = {
  readonly store: RetentionStore & PurgeStore;
  /** undefined: there is no archive, and nothing goes. */
  readonly objects: ArchiveObjects | undefined;
  readonly count: Count;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
  readonly keptMonths: number;
};

/** How long a run that has died keeps the next one from the archive; each object begins it anew. */
const HOLD_SECONDS = 300;

/**
 * Moves months of events that are older than what is kept to the archive, oldest first, and lets each go once the
 * database has proved that the archive has it whole. Forgets what else is of no use any more. A run that dies anywhere
 * is carried on by the next, from the last object that was recorded.
 */
export function createArchive({ store, objects, count, warn, keptMonths }: Ports, size = CHUNK_SIZE) {
  const drop = async (month: string, timeLeftMs: () => number): Promise<boolean> => {
    while (timeLeftMs() > 0) {
      const { answer } = await store.dropArchivedMonth({ month, keptMonths });
      if (answer === 'dropped') return true;
      if (answer === 'more') continue;
      if (answer !== 'kept') count(NOT_DROPPED[answer]);
      warn('an archived month of events was not dropped', { month, answer });
      return false;
    }
    return false;
  };

  const archiveAll = async (to: ArchiveObjects, waiting: number, timeLeftMs: () => number) => {
    const turn = { owner: randomUUID(), holdSeconds: HOLD_SECONDS, timeLeftMs };
    const taken = { archived: 0, dropped: 0, waiting, taken: true };
    if ((await store.claimArchive(turn)) === undefined) return taken;
    // How far another run has come is read only now that it cannot go on.
    const months = await store.listArchivableMonths({ keptMonths });
    const done = { archived: 0, dropped: 0, waiting: months.length, taken: false };
    // One that is too large to be proved in the time of a statement must not keep those after it from the archive.
    const failures: Error[] = [];
    const remember = (cause: unknown) => {
      failures.push(cause instanceof Error ? cause : new Error(String(cause)));
      return false;
    };
    for (const due of months) {
      const { events, whole } = await archiveMonth({ store, objects: to, size }, due, turn);
      done.archived += events;
      count('EventsArchived', events);
      if (whole && (await drop(due.month, timeLeftMs).catch(remember))) {
        done.dropped += 1;
        done.waiting -= 1;
      }
    }
    await store.finishArchive(turn);
    if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
    return done;
  };

  /** @param timeLeftMs milliseconds in which this run may still begin something */
  return async ({ timeLeftMs }: { readonly timeLeftMs: () => number }) => {
    const purged = await purge(store, timeLeftMs);
    const months = await store.listArchivableMonths({ keptMonths });
    const untouched = { archived: 0, dropped: 0, waiting: months.length, taken: false };
    if (objects === undefined && months.length > 0) {
      warn('events are older than what is kept, but there is no archive (ARCHIVE_BUCKET): nothing is dropped', {
        months: months.map(({ month }) => month),
      });
      count('ArchiveMonthsHomeless', months.length);
    }
    const moved =
      objects === undefined || months.length === 0 ? untouched : await archiveAll(objects, months.length, timeLeftMs);
    count('EventMonthsDropped', moved.dropped);
    return { ...moved, purged };
  };
}
