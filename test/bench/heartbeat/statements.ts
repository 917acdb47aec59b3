import { toPositional } from '../../../infra/local/data-api/named-parameters.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { DEFAULT_POLICY, voicePolicy } from '../../../lib/domain/policy.ts';
import type { Beating } from './fleet.ts';

/** A statement that connections repeat, each time for a workspace by chance. */
export type Repeated = { readonly text: string; readonly values: (of: Beating) => readonly unknown[] };

const policy = voicePolicy(DEFAULT_POLICY);
const { text, names } = toPositional(recordHeartbeat.sql);

/** The heartbeat as the store sends it. */
export const CALL: Repeated = {
  text,
  values: ({ id }) => {
    const bound = recordHeartbeat.bind({
      claims: { sub: id, gen: 1, ver: 1, kind: 'runtime' },
      beat: { error_rate: 0, active_tasks: 0, uptime_seconds: 3_600, runtime_state: '' },
      requestId: 'bench',
      policy,
    });
    return names.map((name) => bound[name]);
  },
};

/** What a system that only keeps the last beat would send: the row's own guards, and the columns that a beat brings. */
export const BARE: Repeated = {
  text: `UPDATE heartbeats SET
    last_heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => $4::integer),
    error_rate = $5::double precision, sample_error = $6::text, active_tasks = $7::integer,
    uptime_seconds = $8::bigint, current_task = $9::text, runtime_state = $10::text
  WHERE workspace_id = $1::uuid AND generation = $2::integer AND token_version = $3::integer`,
  values: ({ id }) => [id, 1, 1, 180, 0, null, 0, 3_600, null, ''],
};
