import { expect } from 'vitest';
import { converge } from '../../support/converge.ts';
import { sql } from '../../support/sql.ts';
import { online, stateOf } from './online.ts';

/** What liveness writes for a silent workspace whose instance EC2 shows on an impaired host. */
export const owePowerCycle = (id: string, to: 'degraded' | 'offline' = 'degraded') =>
  sql(
    `UPDATE workspaces SET status = :to::workspace_status, power_cycle = true, cause = jsonb_build_object(
       'event', 'lease_expired', 'reason', 'test', 'actor', 'test', 'owes', 'start') WHERE id = :id::uuid`,
    { id, to },
  );

/** A workspace with an instance that runs, which owes a power cycle. */
export async function impaired() {
  const made = await online();
  await owePowerCycle(made.id);
  return made;
}

/** The same, once EC2 was asked for its stop, and has stopped it. */
export async function stoppedForIt() {
  const made = await impaired();
  await converge(made.id);
  await reached(made.id, 'stopped');
  return made;
}

/** Waits until EC2 shows a workspace's one instance in this state. */
export async function reached(id: string, state: string): Promise<void> {
  await expect.poll(() => stateOf(id)).toEqual([state]);
}

/** What of a row a power cycle is. */
export async function cycleOf(id: string) {
  const [row] = await sql(
    `SELECT status::text, ec2_op::text AS op, ec2_op_asked_at IS NOT NULL AS asked, power_cycle,
       power_stop_asked_at IS NOT NULL AS stop_asked, ec2_attempts AS attempts, stopped_by
     FROM workspaces WHERE id = :id::uuid`,
    { id },
  );
  return row;
}
