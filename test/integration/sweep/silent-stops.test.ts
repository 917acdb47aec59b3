import { beforeEach, describe, expect, it } from 'vitest';
import { stop, stopFor } from '../../support/ec2.ts';
import { rowOf } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, sweepOnce, withInstance } from '../../support/sweep.ts';

beforeEach(forgetEarlierSweeps);

/** Nobody could ask EC2 for three minutes, so that its silence was noticed before its stop. */
async function silentSinceStopped(stopped: (instanceId: string) => Promise<unknown>, restartPolicy?: 'never') {
  const made = await withInstance('online', restartPolicy === undefined ? {} : { restartPolicy });
  await stopped(made.instanceId);
  for (const to of ['degraded', 'offline'] as const) {
    await sql(
      `UPDATE workspaces SET status = :to::workspace_status,
         cause = '{"event": "lease_expired", "reason": "lease_expired", "actor": "liveness"}' WHERE id = :id::uuid`,
      { id: made.id, to },
    );
  }
  return made;
}

const scheduled = (id: string) => stopFor('Server.ScheduledStop', id);

describe('a workspace that went offline for silence, and whose instance EC2 then shows stopped', () => {
  it('owes the start that it would owe had the stop been seen first', async () => {
    const made = await silentSinceStopped(scheduled);
    expect(await sweepOnce()).toMatchObject({ flipped: 0, owing_start: 1 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: 'start', stopped_by: null });
    expect(await sweepOnce()).toMatchObject({ owing_start: 0 });
  });

  it('is held where a person stopped it, and noted once', async () => {
    const made = await silentSinceStopped(stop);
    expect(await sweepOnce()).toMatchObject({ owing_start: 0 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: null, stopped_by: 'user' });
  });

  it('owes nothing where the policy is never', async () => {
    const made = await silentSinceStopped(scheduled, 'never');
    expect(await sweepOnce()).toMatchObject({ owing_start: 0 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: null });
  });
});
