import { beforeEach, describe, expect, it } from 'vitest';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { database } from '../../support/database.ts';
import { ec2Calls, resetEc2Calls } from '../../support/ec2.ts';
import { useConnections } from '../../support/locks.ts';
import { beatRecord } from '../../support/records.ts';
import { store } from '../../support/registry.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';
import { liveness } from './aged.ts';
import { impairedWorkspace, LAUNCH, NOT_STOPPABLE, NOTHING, owedBy, POWER_CYCLE, REBOOT, set } from './on-host.ts';
import { removeEarlier, silentWorkspace } from './silent.ts';

const { behind, other, untilBlocked } = useConnections();
const { lambda } = shared.now;

beforeEach(async () => {
  await removeEarlier();
  lambda.invocations.length = 0;
});

describe('an impairment that EC2 finds out about later', () => {
  const later = async (status: 'degraded' | 'offline', options: Parameters<typeof silentWorkspace>[0] = {}) => {
    const made = await impairedWorkspace({ status, silentFor: 150, ...options });
    await set(made.id, `status_reason = 'lease_expired', ec2_op = NULL, ec2_next_at = NULL`);
    return made;
  };

  it.each([
    ['degraded', '', POWER_CYCLE],
    ['offline', '', POWER_CYCLE],
    ['degraded', NOT_STOPPABLE, LAUNCH],
    ['offline', NOT_STOPPABLE, LAUNCH],
  ] as const)('of what is %s for its silence (%s) is a reason for what is owed then', async (status, change, owed) => {
    const { id } = await later(status);
    if (change !== '') await set(id, change);
    expect(await liveness()).toMatchObject({ degraded: 0, offline: 0 });
    expect(await owedBy(id)).toEqual({ status, ...owed });
    expect(lambda.invocations).toHaveLength(1);
  });

  it.each([
    ['it is offline for another reason', `status_reason = 'boot_timed_out'`, NOTHING],
    ['a person has stopped it', `stopped_by = 'user'`, NOTHING],
    ['nothing may be done for it', `restart_policy = 'never'`, NOTHING],
    ['something else is owed', `ec2_op = 'reboot', ec2_next_at = now()`, REBOOT],
  ])('is none where %s', async (_, change, owed) => {
    const { id } = await later('offline');
    await set(id, change);
    await resetEc2Calls();
    // Another silent one, so that EC2 is asked.
    await silentWorkspace();
    await liveness();
    expect(await ec2Calls()).toMatchObject({ DescribeInstanceStatus: 1 });
    expect(await owedBy(id)).toEqual({ status: 'offline', ...owed });
  });

  it('is none once the workspace beats again, also while the statement waits for its row', async () => {
    const { id, instanceId } = await later('degraded');
    const late = await behind(
      (transaction) => database.run(recordHeartbeat, beatRecord(id), transaction),
      () => store.oweImpaired({ limit: 1000, impaired: [instanceId] }),
    );
    expect(late).toEqual([]);
    expect(await owedBy(id)).toEqual({ status: 'online', ...NOTHING });
  });

  it('is none while its lease lasts', async () => {
    const { id, instanceId } = await later('offline', { silentFor: 0 });
    expect(await store.oweImpaired({ limit: 1000, impaired: [instanceId] })).toEqual([]);
    expect(await owedBy(id)).toEqual({ status: 'offline', ...NOTHING });
  });

  it('is none in the grace after our own outage', async () => {
    const { id, instanceId } = await later('degraded');
    await sql(`UPDATE sweep_state SET grace_until = now() + interval '1 minute'`);
    expect(await store.oweImpaired({ limit: 1000, impaired: [instanceId] })).toEqual([]);
    expect(await owedBy(id)).toEqual({ status: 'degraded', ...NOTHING });
  });

  it('is a reason once, though it is told twice', async () => {
    const { instanceId } = await later('offline');
    expect(await store.oweImpaired({ limit: 1000, impaired: [instanceId] })).toHaveLength(1);
    expect(await store.oweImpaired({ limit: 1000, impaired: [instanceId] })).toEqual([]);
  });

  it('is a reason for as many as the statement takes, and for the others then', async () => {
    const [one, two] = [await later('offline'), await later('offline')];
    const impaired = [one.instanceId, two.instanceId];
    expect(await store.oweImpaired({ limit: 1, impaired })).toHaveLength(1);
    expect(await store.oweImpaired({ limit: 1, impaired })).toHaveLength(1);
  });

  it('is none where something comes to be owed while the statement waits for the row', async () => {
    const { id, instanceId } = await later('offline');
    await other.query('BEGIN');
    await other.query(`UPDATE workspaces SET ec2_op = 'reboot', ec2_next_at = now() WHERE id = $1`, [id]);
    const late = store.oweImpaired({ limit: 1000, impaired: [instanceId] });
    await untilBlocked();
    await other.query('COMMIT');
    expect(await late).toEqual([]);
    expect(await owedBy(id)).toEqual({ status: 'offline', ...REBOOT });
  });

  it('does not move a generation that another statement has raised', async () => {
    const { id, instanceId } = await later('offline');
    await sql('UPDATE heartbeats SET generation = 2 WHERE workspace_id = :id::uuid', { id });
    expect(await store.oweImpaired({ limit: 1000, impaired: [instanceId] })).toEqual([]);
  });
});
