import * as z from 'zod';
import type { HeartbeatRecord } from '../../../domain/voice.ts';
import { heartbeatAnswer, refusal } from '../../../domain/voice.ts';
import { json } from '../columns.ts';
import { statement } from '../statement.ts';

/** Characters of a row: at most 60 KB, whatever they are. A row of an answer holds 64 KB, and a plan may be larger. */
const ROW_CHARACTERS = 15_000;

/**
 * infra/migrations/routines/08_record_heartbeat.sql: authentication, beat, transition and plan in one call. Its answer
 * comes as text in rows that are to be joined.
 */
export const recordHeartbeat = statement({
  sql: `
SELECT part.first, substr(beat.answer, part.first, :row_characters::integer) AS part
FROM (
  SELECT CAST(record_heartbeat(
    :workspace_id::uuid, :generation::integer, :token_version::integer,
    :error_rate::double precision, :sample_error::text, :active_tasks::integer, :uptime_seconds::bigint,
    :current_task::text, :monthly_spend::bigint, :runtime_state::text,
    :capabilities::jsonb, :plugins::jsonb, :request_id::text, :policy::jsonb
  ) AS text) AS answer OFFSET 0
) beat, generate_series(1, char_length(beat.answer), :row_characters::integer) AS part(first)`,
  bind: ({ claims, beat, requestId, policy }: HeartbeatRecord) => ({
    workspace_id: claims.sub,
    generation: claims.gen,
    token_version: claims.ver,
    error_rate: beat.error_rate,
    sample_error: beat.sample_error ?? null,
    active_tasks: beat.active_tasks,
    uptime_seconds: beat.uptime_seconds,
    current_task: beat.current_task ?? null,
    monthly_spend: beat.monthly_spend ?? null,
    runtime_state: beat.runtime_state,
    capabilities: beat.capabilities ? JSON.stringify(beat.capabilities) : null,
    plugins: beat.plugins ? JSON.stringify(beat.plugins) : null,
    request_id: requestId,
    policy: JSON.stringify(policy),
    row_characters: ROW_CHARACTERS,
  }),
  row: z.object({ first: z.int(), part: z.string() }),
});

const answer = json(z.union([refusal, heartbeatAnswer]));

/** The answer that the rows of {@link recordHeartbeat} are. */
export function heartbeatIn(rows: readonly z.infer<typeof recordHeartbeat.row>[]): z.infer<typeof answer> {
  const parts = [...rows].sort((one, other) => one.first - other.first);
  return answer.parse(parts.map(({ part }) => part).join(''));
}
