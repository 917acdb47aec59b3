import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { z } from 'zod';
import { createArchive } from '../../../functions/archive/archive.ts';
import type { ChunkSize } from '../../../functions/archive/chunk.ts';
import { startS3 } from '../../../infra/local/s3/server.ts';
import { createObjects } from '../../../lib/adapters/s3/put-object.ts';
import type { ArchiveObjects } from '../../../lib/domain/retention.ts';
import { store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

const account = { region: 'us-east-1', accessKeyId: 'local', secretAccessKey: 'local' };

let s3: Awaited<ReturnType<typeof startS3>> | undefined;
let bucket = '';

const server = () => {
  if (s3 === undefined) throw new Error('useEmptyArchive was not called');
  return s3;
};

/** The archive of the test that runs, over the wire. */
export const objects: ArchiveObjects = {
  get bucket() {
    return bucket;
  },
  put: (object) =>
    createObjects(bucket, new S3Client({ endpoint: server().url, region: account.region, credentials: account })).put(
      object,
    ),
};

type Options = {
  readonly over?: Partial<typeof store>;
  readonly objects?: ArchiveObjects | undefined;
  readonly keptMonths?: number;
  readonly size?: Partial<ChunkSize>;
  readonly timeLeftMs?: () => number;
};

/** Small, so that few events make several objects of several pages. */
const SIZE: ChunkSize = { events: 4, bytes: 1_000_000, pageEvents: 3 };

/** One run of the real archive; what it counted and warned of. */
export async function archive(options: Options = {}) {
  const counted: Record<string, number> = {};
  const warned: Record<string, unknown>[] = [];
  const ports = {
    store: { ...store, ...options.over },
    objects: 'objects' in options ? options.objects : objects,
    count: (counter: string, value = 1) => {
      if (value !== 0) counted[counter] = (counted[counter] ?? 0) + value;
    },
    warn: (message: string, details: Readonly<Record<string, unknown>>) => warned.push({ message, ...details }),
    keptMonths: options.keptMonths ?? 13,
  };
  const run = createArchive(ports, { ...SIZE, ...options.size });
  return { ...(await run({ timeLeftMs: options.timeLeftMs ?? (() => 60_000) })), counted, warned };
}

/** Lets the time of a run that died be over. */
export const letGo = () => sql(`UPDATE archive_state SET held_until = '-infinity'`);

/** The database then knows of no object, as one that has archived nothing. */
export async function forgetArchived(): Promise<void> {
  await sql('ALTER TABLE archived_events DISABLE TRIGGER refuse_loss');
  await sql('DELETE FROM archived_events');
  await sql('ALTER TABLE archived_events ENABLE ALWAYS TRIGGER refuse_loss');
}

/** Each test begins with an empty archive and without old events. */
export function useEmptyArchive(): void {
  beforeAll(async () => {
    s3 = await startS3({ account });
  });
  afterAll(() => server().stop());
  beforeEach(async () => {
    bucket = randomUUID();
    server().objectsOf(bucket);
    await forgetArchived();
    for (const { place } of await placesOf('workspace_events_[0-9]{4}_[0-9]{2}')) {
      if (String(place) < `workspace_events_${monthAgo(0).replace('-', '_')}`) await sql(`DROP TABLE ${place}`);
    }
    await sql('ALTER TABLE workspace_events_default DISABLE TRIGGER refuse_loss');
    await sql('DELETE FROM workspace_events_default');
    await sql('ALTER TABLE workspace_events_default ENABLE ALWAYS TRIGGER refuse_loss');
    await letGo();
  });
}

/** The partitions that are there, by a pattern of their names. */
const placesOf = (pattern: string) =>
  sql(
    `SELECT c.relname::text AS place FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'workspace_events'::regclass AND c.relname ~ ('^' || :pattern::text || '$') ORDER BY 1`,
    { pattern },
  );

/** `2026-01`, so many months before this one. */
export function monthAgo(months: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1)).toISOString().slice(0, 7);
}

const placeOf = (month: string) => `workspace_events_${month.replace('-', '_')}`;

export const isThere = async (month: string) => (await placesOf(placeOf(month))).length === 1;

/** Gives a month its partition, as it was made when it was still to come. */
export async function makePartition(month: string): Promise<void> {
  await sql(
    `CREATE TABLE ${placeOf(month)} PARTITION OF workspace_events FOR VALUES
     FROM ('${month}-01 00:00+00') TO ('${nextOf(month)}-01 00:00+00')`,
  );
}

function nextOf(month: string): string {
  const next = new Date(`${month}-01T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return next.toISOString().slice(0, 7);
}

/** Writes events of a month, the first and the last of them at its very borders; answers their workspace. */
export async function writeEvents(month: string, count: number, evidence: object = {}): Promise<string> {
  const id = randomUUID();
  await sql(
    `INSERT INTO workspace_events (workspace_id, at, event, actor, generation, evidence)
     SELECT :id::uuid, CASE WHEN n = 1 THEN :start::timestamptz
         WHEN n = :count::integer THEN :end::timestamptz - interval '1 microsecond'
         ELSE :start::timestamptz + n * interval '1 hour' + interval '123456 microseconds' END,
       'new_boot', 'test', n, :evidence::jsonb || jsonb_build_object('n', n)
     FROM generate_series(1, :count::integer) n`,
    {
      id,
      count,
      start: `${month}-01T00:00:00Z`,
      end: `${nextOf(month)}-01T00:00:00Z`,
      evidence: JSON.stringify(evidence),
    },
  );
  return id;
}

/** A month with its partition and so many events in it. */
export async function plantMonth(month: string, count: number, evidence: object = {}): Promise<string> {
  await makePartition(month);
  return writeEvents(month, count, evidence);
}

export const countOf = async (workspaceId: string): Promise<unknown> =>
  (await sql('SELECT count(*) AS n FROM workspace_events WHERE workspace_id = :id::uuid', { id: workspaceId }))[0]?.[
    'n'
  ];

const line = z.looseObject({ id: z.int(), workspace_id: z.uuid(), at: z.string(), generation: z.int() });

/** What is in the archive: the lines of each object, by its key. */
export function archived() {
  return new Map(
    [...server().objectsOf(bucket)].sort().map(([key, { body, metadata }]) => {
      const text = gunzipSync(body).toString();
      const lines = text.split('\n').slice(0, -1);
      return [key, { text, metadata, lines: lines.map((it) => line.parse(JSON.parse(it))) }];
    }),
  );
}

/** The generations of a workspace's archived events, in the order of the objects: what `writeEvents` numbered them by. */
export const numbersOf = (workspaceId: string) =>
  [...archived().values()]
    .flatMap(({ lines }) => lines)
    .filter(({ workspace_id }) => workspace_id === workspaceId)
    .map(({ generation }) => generation)
    .sort((a, b) => a - b);

export const recordsOf = (month: string) =>
  sql(
    `SELECT first_id, last_id, events, sha256, bucket, object_key, dropped_at IS NOT NULL AS dropped
     FROM archived_events WHERE month = (:month::text || '-01')::date ORDER BY first_id`,
    { month },
  );
