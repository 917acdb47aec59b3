import { DEFAULT_ABSENCE } from '../../../lib/domain/sweep/absence.ts';
import { type Made, makeWorkspace, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

type Aged = {
  /** Seconds since EC2 was last asked to launch or boot it. */
  readonly launched?: number;
  /** Seconds since its last beat; null: its lease still lasts. */
  readonly silent?: number | null;
  /** Sweeps that have missed it, and for how many seconds. */
  readonly missed?: { readonly cycles: number; readonly seconds: number };
};

/** One sweep short of the proof. */
export const NEARLY = { cycles: DEFAULT_ABSENCE.cycles - 1, seconds: DEFAULT_ABSENCE.seconds };

/** A workspace whose instance EC2 does not know, as old as its proof needs it, if nothing else is said. */
export async function makeAbsent(aged: Aged = {}, options: Parameters<typeof makeWorkspace>[0] = {}): Promise<Made> {
  const made = await makeWorkspace({ status: 'online', ...options });
  await age(made.id, aged);
  return made;
}

/** Puts a workspace's past where it says. */
export async function age(id: string, { launched = 3_600, silent = 3_000, missed = NEARLY }: Aged): Promise<void> {
  await sql(
    `UPDATE workspaces SET
       created_at = now() - interval '1 day', status_since = now() - interval '1 hour',
       launched_at = now() - make_interval(secs => :launched::integer),
       boot_asked_at = now() - make_interval(secs => :launched::integer),
       absent_seen = :cycles::integer, absent_cycle = CASE WHEN :cycles::integer > 0 THEN 0 END,
       absent_since = CASE WHEN :cycles::integer > 0 THEN now() - make_interval(secs => :seconds::integer) END
     WHERE id = :id::uuid`,
    { id, launched, ...missed },
  );
  await sql(
    `UPDATE heartbeats SET
       last_heartbeat_at = now() - make_interval(secs => COALESCE(:silent::integer, 600)),
       lease_until = CASE WHEN :silent::integer IS NULL THEN now() + interval '1 minute'
         ELSE now() - make_interval(secs => :silent::integer - 90) END
     WHERE workspace_id = :id::uuid`,
    { id, silent },
  );
}

export async function absenceOf(id: string) {
  const [row] = await sql(
    `SELECT status::text, instance_id, ec2_op::text, absent_seen, absent_since IS NOT NULL AS missing
     FROM workspaces WHERE id = :id::uuid`,
    { id },
  );
  return row;
}

/** A sighting that a sweep has counted. */
export async function counted({ id, instanceId }: { id: string; instanceId: string }) {
  await sql(`UPDATE sweep_state SET fence = fence + 1`);
  const [state] = await sql('SELECT fence, clock_timestamp()::text AS at FROM sweep_state');
  const fence = Number(state?.['fence']);
  const row = { workspace_id: id, instance_id: instanceId, generation: 1, asked_at: String(state?.['at']) };
  return { fence, row, facts: await store.noteAbsences({ fence, rows: [row] }) };
}

/** Ends it, if the statement finds the whole proof. */
export function flip(fence: number, row: Awaited<ReturnType<typeof counted>>['row']) {
  const policy = DEFAULT_ABSENCE;
  return store.flipAbsent({ fence, rows: [{ ...row, evidence: {} }], policy, actor: 'test', requestId: 'r' });
}
