import * as z from 'zod/mini';
import type { HeartbeatRecord } from '../../../domain/voice.ts';
import { recordedBeat, refusal } from '../../../domain/voice.ts';
import { json } from '../columns.ts';
import { statement } from '../statement.ts';

/**
 * infra/migrations/routines/10_record_heartbeat.sql: authentication, beat, transition and plan in one call. The actions of
 * a plan that is larger than a row of an answer are missing: {@link readPlan}.
 */
export const recordHeartbeat = statement({
  sql: `SELECT record_heartbeat(
    :workspace_id::uuid, :generation::integer, :token_version::integer,
    :error_rate::double precision, :sample_error::text, :active_tasks::integer, :uptime_seconds::bigint,
    :current_task::text, :monthly_spend::bigint, :runtime_state::text,
    :capabilities::jsonb, :plugins::jsonb, :request_id::text, :policy::jsonb
  ) AS answer`,
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
  }),
  row: z.object({ answer: json(z.union([refusal, recordedBeat])) }),
});
