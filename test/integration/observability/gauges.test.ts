import { beforeEach, describe, expect, it } from 'vitest';
import type { Status } from '../../../lib/domain/status.ts';
import { makeWorkspace, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

/** Nothing of what earlier tests left is counted. */
beforeEach(async () => {
  await sql(
    `UPDATE workspaces SET status = 'removed', ec2_op = NULL, cause = jsonb_build_object(
       'event', 'remove', 'reason', 'test', 'actor', 'test') WHERE status <> 'removed'`,
  );
  await sql('UPDATE workspaces SET ec2_op = NULL, reconcile_done = reconcile_wanted');
});

const aged = (id: string, assignments: string) =>
  sql(`UPDATE workspaces SET ${assignments} WHERE id = :id::uuid`, { id });

describe('how the fleet stands', () => {
  it.each<[Status, string]>([
    ['provisioning', 'FleetProvisioning'],
    ['online', 'FleetOnline'],
    ['degraded', 'FleetDegraded'],
    ['offline', 'FleetOffline'],
    ['paused', 'FleetPaused'],
    ['hibernated', 'FleetHibernated'],
    ['failed', 'FleetFailed'],
  ])('counts who is %s as %s, and nobody else so', async (status, gauge) => {
    await Promise.all([makeWorkspace({ status }), makeWorkspace({ status }), makeWorkspace({ status: 'removed' })]);
    const fleet = Object.entries(await store.measureFleet({})).filter(
      ([name, value]) => /^Fleet/.test(name) && value > 0,
    );
    expect(fleet).toEqual([[gauge, 2]]);
  });

  it('tells of the sweep how old it is, what it left and what the brake held', async () => {
    await sql(`UPDATE sweep_state SET swept_at = now() - interval '100 seconds', backlog = 7, held = 3`);
    const { SweepAge, ...rest } = await store.measureFleet({});
    expect(Math.round(SweepAge)).toBe(100);
    expect(rest).toMatchObject({ SweepBacklog: 7, AbsencesHeld: 3 });
  });

  it('counts the age of a sweep that never was from the beginning of the registry', async () => {
    await sql('UPDATE sweep_state SET swept_at = NULL');
    await sql(`UPDATE registry_identity SET created_at = now() - interval '50 seconds'`);
    expect(Math.round((await store.measureFleet({})).SweepAge)).toBe(50);
  });

  it('counts the live ones that owe a reconcile, by the oldest', async () => {
    const [older, newer, offline] = await Promise.all([
      makeWorkspace({ status: 'online' }),
      makeWorkspace({ status: 'degraded' }),
      makeWorkspace({ status: 'offline' }),
    ]);
    const owing = (seconds: number) =>
      `reconcile_wanted = reconcile_done + 1, reconcile_since = now() - interval '${seconds} seconds'`;
    await aged(older.id, owing(300));
    await aged(newer.id, owing(60));
    await aged(offline.id, owing(9_000));
    const { ReconcilesOwed, ReconcileLag } = await store.measureFleet({});
    expect([ReconcilesOwed, Math.round(ReconcileLag)]).toEqual([2, 300]);
  });

  it('counts those that owe EC2 something, by what is most overdue; what is due later is not overdue', async () => {
    const [due, later] = await Promise.all([
      makeWorkspace({ status: 'offline' }),
      makeWorkspace({ status: 'offline' }),
    ]);
    await aged(later.id, `ec2_op = 'launch', ec2_next_at = now() + interval '1 minute'`);
    expect(await store.measureFleet({})).toMatchObject({ OperationsOwed: 1, OperationLag: 0 });
    await aged(due.id, `ec2_op = 'launch', ec2_next_at = now() - interval '200 seconds'`);
    const { OperationsOwed, OperationLag } = await store.measureFleet({});
    expect([OperationsOwed, Math.round(OperationLag)]).toEqual([2, 200]);
  });

  it('counts nothing where nothing is owed, and the hints that wait', async () => {
    await sql(`INSERT INTO hints (instance_id, hinted_at) VALUES ('i-0a', now()), ('i-0b', now())`);
    expect(await store.measureFleet({})).toMatchObject({
      ...{ ReconcilesOwed: 0, ReconcileLag: 0, OperationsOwed: 0, OperationLag: 0 },
      HintsWaiting: 2,
    });
    await sql('DELETE FROM hints');
  });
});
