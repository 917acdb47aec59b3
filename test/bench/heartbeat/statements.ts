import { z } from 'zod';
import { type Bound, bind } from '../../../infra/local/data-api/bind.ts';
import { toPositional } from '../../../infra/local/data-api/named-parameters.ts';
import { parameter } from '../../../infra/local/data-api/requests.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { encodeParameters, type Value } from '../../../lib/adapters/rds-data/value.ts';
import { beatPolicy, DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import type { Beating } from './fleet.ts';

/** A statement that connections repeat, each time for a workspace by chance, bound as the Data API binds it. */
export type Repeated = { readonly boundTo: (one: Beating) => Bound };

/** Bound once, but for the workspace: what a function does before its call is not measured here. */
function repeated(sql: string, values: Readonly<Record<string, Value>>): Repeated {
  const positional = toPositional(sql);
  const bound = bind(positional, z.array(parameter).parse(encodeParameters(values)));
  const at = positional.names.indexOf('workspace_id');
  return { boundTo: ({ id }) => ({ ...bound, values: bound.values.with(at, id) }) };
}

const claims = { sub: '00000000-0000-4000-8000-000000000000', gen: 1, ver: 1, kind: 'runtime' } as const;
const beat = { error_rate: 0, active_tasks: 0, uptime_seconds: 3_600, runtime_state: '' } as const;

/** The heartbeat as the store sends it. */
export const CALL = repeated(
  recordHeartbeat.sql,
  recordHeartbeat.bind({ claims, beat, requestId: 'bench', policy: beatPolicy(DEFAULT_POLICY) }),
);

/** What a system that only keeps the last beat would send: the row's own guards, and the columns that a beat brings. */
export const BARE = repeated(
  `UPDATE heartbeats SET
    last_heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => :lease::integer),
    error_rate = :error_rate::double precision, sample_error = :sample_error::text, active_tasks = :active_tasks::integer,
    uptime_seconds = :uptime_seconds::bigint, current_task = :current_task::text, runtime_state = :runtime_state::text
  WHERE workspace_id = :workspace_id::uuid AND generation = :generation::integer AND token_version = :version::integer`,
  { workspace_id: claims.sub, generation: 1, version: 1, lease: 180, ...beat, sample_error: null, current_task: null },
);
