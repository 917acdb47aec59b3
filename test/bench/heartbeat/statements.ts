import { toPositional } from '../../../infra/local/data-api/named-parameters.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { beatPolicy, DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import type { Beating } from './fleet.ts';

/** A statement that connections repeat, each time for a workspace by chance. */
export type Repeated = { readonly text: string; readonly values: (of: Beating) => readonly unknown[] };

const { text, names } = toPositional(recordHeartbeat.sql);

const bound = recordHeartbeat.bind({
  claims: { sub: '00000000-0000-4000-8000-000000000000', gen: 1, ver: 1, kind: 'runtime' },
  beat: { error_rate: 0, active_tasks: 0, uptime_seconds: 3_600, runtime_state: '' },
  requestId: 'bench',
  policy: beatPolicy(DEFAULT_POLICY),
});
const values = names.map((name) => bound[name]);
const at = names.indexOf('workspace_id');

/** The heartbeat as the store sends it. Its values are made once: the function's own part is not measured here. */
export const CALL: Repeated = { text, values: ({ id }) => values.with(at, id) };

/** What a system that only keeps the last beat would send: the row's own guards, and the columns that a beat brings. */
export const BARE: Repeated = {
  text: `UPDATE heartbeats SET
    last_heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => $4::integer),
    error_rate = $5::double precision, sample_error = $6::text, active_tasks = $7::integer,
    uptime_seconds = $8::bigint, current_task = $9::text, runtime_state = $10::text
  WHERE workspace_id = $1::uuid AND generation = $2::integer AND token_version = $3::integer`,
  values: ({ id }) => [id, 1, 1, 180, 0, null, 0, 3_600, null, ''],
};
