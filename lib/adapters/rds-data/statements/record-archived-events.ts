import * as z from 'zod/mini';
import type { ArchivedChunk } from '../../../domain/retention.ts';
import { statement } from '../statement.ts';

/**
 * Records that an object has these events, and begins the run's time anew. The database holds what was uploaded against
 * what it has itself: the events of the range, line by line. Sent twice, it records once and answers the same.
 * `held`: whether the archive is still this run's; `recorded`: whether the object is known to have them.
 */
export const recordArchivedEvents = statement({
  sql: `
WITH held AS (
  UPDATE archive_state SET held_until = clock_timestamp() + make_interval(secs => :hold_seconds::integer)
  WHERE owner = :owner::uuid
  RETURNING true
), there AS (
  SELECT count(*) AS events, min(e.id) AS first_id, max(e.id) AS last_id,
    encode(sha256(convert_to(string_agg(event_line(e) || chr(10), '' ORDER BY e.id), 'UTF8')), 'hex') AS sha256
  FROM workspace_events e
  WHERE e.at >= (:month::text || '-01')::timestamp AT TIME ZONE 'UTC'
    AND e.at < ((:month::text || '-01')::timestamp + interval '1 month') AT TIME ZONE 'UTC'
    AND e.id BETWEEN :first_id::bigint AND :last_id::bigint
), recorded AS (
  INSERT INTO archived_events (month, first_id, last_id, events, sha256, bucket, object_key)
  SELECT (:month::text || '-01')::date, t.first_id, t.last_id, t.events, t.sha256, :bucket::text, :object_key::text
  FROM held, there t
  WHERE t.first_id = :first_id::bigint AND t.last_id = :last_id::bigint AND t.events = :events::integer
    AND t.sha256 = :sha256::text
  ON CONFLICT (month, first_id) DO NOTHING
  RETURNING true
)
SELECT EXISTS (SELECT FROM held) AS held,
  EXISTS (SELECT FROM recorded) OR EXISTS (
    SELECT FROM archived_events a
    WHERE a.month = (:month::text || '-01')::date AND a.first_id = :first_id::bigint AND a.last_id = :last_id::bigint
      AND a.sha256 = :sha256::text AND a.object_key = :object_key::text) AS recorded`,
  bind: (chunk: ArchivedChunk) => ({
    owner: chunk.owner,
    hold_seconds: chunk.holdSeconds,
    month: chunk.month,
    first_id: chunk.firstId,
    last_id: chunk.lastId,
    events: chunk.events,
    sha256: chunk.sha256,
    bucket: chunk.bucket,
    object_key: chunk.key,
  }),
  row: z.object({ held: z.boolean(), recorded: z.boolean() }),
});
