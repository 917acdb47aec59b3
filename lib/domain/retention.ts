import type { Counter } from './metrics.ts';

/** What the database says when it is asked to let an archived month of events go. */
export const DROP_ANSWERS = ['dropped', 'more', 'kept', 'unproved', 'busy'] as const;

export type DropAnswer = (typeof DROP_ANSWERS)[number];

/** A month (`2026-01`, UTC) that is older than what is kept, and the last event of it in the archive (0: none). */
export type ArchivableMonth = { readonly month: string; readonly after: number };

export type EventLinesInput = { readonly month: string; readonly after: number; readonly limit: number };

/** Events that follow one another by their ids, as one object has them. */
export type ArchivedChunk = {
  readonly owner: string;
  readonly holdSeconds: number;
  readonly month: string;
  readonly firstId: number;
  readonly lastId: number;
  readonly events: number;
  /** Of the lines before they are compressed, in hexadecimal. */
  readonly sha256: string;
  readonly bucket: string;
  readonly key: string;
};

/** Where archived events go, each object compressed. The same key and content, sent again, are the same object. */
export type ArchiveObjects = {
  readonly bucket: string;
  put(object: {
    readonly key: string;
    readonly content: Uint8Array;
    readonly metadata: Readonly<Record<string, string>>;
  }): Promise<void>;
};

export type RetentionStore = {
  claimArchive(input: { owner: string; holdSeconds: number }): Promise<{ claimed: true } | undefined>;
  finishArchive(input: { owner: string }): Promise<unknown>;
  listArchivableMonths(input: { keptMonths: number }): Promise<readonly ArchivableMonth[]>;
  readEventLines(input: EventLinesInput): Promise<readonly { readonly id: number; readonly part: string }[]>;
  recordArchivedEvents(input: ArchivedChunk): Promise<{ held: boolean; recorded: boolean }>;
  dropArchivedMonth(input: { month: string; keptMonths: number }): Promise<{ answer: DropAnswer }>;
};

type Purge = (input: { readonly limit: number }) => Promise<readonly unknown[]>;

export type PurgeStore = {
  readonly purgePlans: Purge;
  readonly purgeSightings: Purge;
  readonly purgeHints: Purge;
  readonly purgeInstalledPlugins: Purge;
};

/** A run that another has taken the archive from: it has stopped for longer than it may hold it. */
export class ArchiveTaken extends Error {
  override readonly name = 'ArchiveTaken';
}

/** What was uploaded is not what the database has; nothing was recorded, and nothing goes. */
export class ArchiveDiffers extends Error {
  override readonly name = 'ArchiveDiffers';
}

/** What a run does not drop, and who hears of it. */
export const NOT_DROPPED = {
  busy: 'ArchiveMonthsBusy',
  unproved: 'ArchiveMonthsUnproved',
} as const satisfies Partial<Record<DropAnswer, Counter>>;
