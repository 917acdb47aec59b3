import { handler } from '../../../functions/liveness/index.ts';
import { createLiveness } from '../../../functions/liveness/liveness.ts';
import type { LivenessPorts } from '../../../functions/liveness/ports.ts';
import { DEFAULT_GRACE } from '../../../lib/domain/silence.ts';
import type { NewWorkspace } from '../../../lib/domain/workspace.ts';
import { lambdaContext } from '../../support/events.ts';
import { makeWorkspace, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

/** A run of liveness, through the handler that its schedule calls. */
export const liveness = () => handler({ 'detail-type': 'Scheduled Event' }, lambdaContext());

/** A brake that nothing is too much for. */
const LIFTED = { floor: 1_000_000, share: 1 } as const;

/** A run of liveness with ports of the test's own; EC2 shows nothing impaired, and nobody is told of anything. */
export const livenessWith = (over: Partial<LivenessPorts>, timeLeftMs = 30_000) =>
  createLiveness({
    store,
    ec2: { listImpaired: async () => ({ instanceIds: [], error: null }) },
    converge: { request: async () => undefined },
    count: () => undefined,
    measure: () => undefined,
    consumeEvents: async () => 0,
    brake: LIFTED,
    grace: DEFAULT_GRACE,
    ...over,
  })({ requestId: 'r', timeLeftMs: () => timeLeftMs });

/** What statements of liveness take beside their own. */
export const BATCH = { limit: 1000, actor: 'liveness', requestId: 'r' };

/** Nothing of what earlier tests left is due any more, and there is no grace. */
export async function forgetEarlier(): Promise<void> {
  await sql(`UPDATE heartbeats SET lease_until = 'infinity'`);
  await sql('UPDATE workspaces SET boot_asked_at = clock_timestamp(), idle_minutes = NULL, ec2_attempts = 0');
  await sql(`UPDATE sweep_state SET grace_until = '-infinity', liveness_at = clock_timestamp()`);
  await sql('DELETE FROM silence_held');
}

/** A workspace that has been provisioning, its boot asked of EC2, for so many seconds. */
export async function booting(seconds: number, options: Partial<NewWorkspace> = {}) {
  const made = await makeWorkspace(options);
  await sql(
    `UPDATE workspaces SET status_since = now() - make_interval(secs => :s::integer),
       boot_asked_at = now() - make_interval(secs => :s::integer) WHERE id = :id::uuid`,
    { id: made.id, s: seconds },
  );
  return made;
}

/** A workspace that hibernates after 30 idle minutes; its lease lasts. */
export async function resting(
  { busyMinutes, statusMinutes }: { busyMinutes: number | null; statusMinutes: number },
  options: Parameters<typeof makeWorkspace>[0] = {},
) {
  const made = await makeWorkspace({ status: 'online', idleMinutes: 30, ...options });
  await sql('UPDATE workspaces SET status_since = now() - make_interval(mins => :m::integer) WHERE id = :id::uuid', {
    id: made.id,
    m: statusMinutes,
  });
  await sql(
    `UPDATE heartbeats SET lease_until = now() + interval '1 minute',
       busy_at = COALESCE(now() - make_interval(mins => :m::integer), '-infinity') WHERE workspace_id = :id::uuid`,
    { id: made.id, m: busyMinutes },
  );
  return made;
}
