import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { askOperations } from '../../../lib/adapters/rds-data/statements/ask-operations.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import type { SettleRow } from '../../../lib/domain/operation.ts';
import { comeDue } from '../../support/converge.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { beatRecord } from '../../support/records.ts';
import { eventsOf, makeWorkspace, store, transition } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { by } from './claimed.ts';
import { cycleOf, owePowerCycle } from './power-cycled.ts';

const { behind } = useConnections();

/** A workspace that owes a power cycle, as one converge holds it; `rows` are what it asks of EC2. */
async function held() {
  const { id, instanceId, token } = await makeWorkspace({ status: 'online' });
  await owePowerCycle(id);
  await sql('UPDATE workspaces SET ec2_attempts = 0 WHERE id = :id::uuid', { id });
  const lease = randomUUID();
  const claim = async () => {
    await comeDue(id);
    return store.claimOperations({ workspaceIds: [id], lease, leaseSeconds: 30, limit: 1 });
  };
  const claimed = await claim();
  const key = { workspace_id: id, generation: 1, operation: 'start', instance_id: instanceId } as const;
  const asking = (action: 'stop' | 'start') => ({
    ...by,
    lease,
    leaseSeconds: 30,
    settleSeconds: 10,
    rows: [{ ...key, action }],
  });
  const ask = (action: 'stop' | 'start') => store.askOperations(asking(action));
  return { id, token, lease, claim, claimed, key, asking, ask };
}

/** Gives the lease back, so that the next asking is of another one. */
const anotherLease = (id: string) =>
  sql(
    `UPDATE workspaces SET power_stop_asked_at = power_stop_asked_at - interval '1 minute',
       ec2_op_asked_at = ec2_op_asked_at - interval '1 minute' WHERE id = :id::uuid`,
    { id },
  );

describe('the asking of a power cycle', () => {
  it('is claimed as such, its stop not asked for and then asked for', async () => {
    const { claimed, claim, ask } = await held();
    expect(claimed).toMatchObject([{ operation: 'start', powerCycle: true, stopAsked: false, asked: false }]);
    await ask('stop');
    expect(await claim()).toMatchObject([{ operation: 'start', powerCycle: true, stopAsked: true, asked: false }]);
    await ask('start');
    expect(await claim()).toMatchObject([{ operation: 'start', powerCycle: false, stopAsked: false, asked: true }]);
  });

  it('counts as one attempt, and is told once, however often its statements are sent', async () => {
    const { id, ask } = await held();
    for (const action of ['stop', 'stop', 'start', 'start'] as const) await ask(action);
    expect(await cycleOf(id)).toMatchObject({ asked: true, attempts: 1, power_cycle: false });
    expect((await eventsOf(id)).slice(-3).map(({ event, reason }) => [event, reason])).toEqual([
      ['rebooted', 'power_cycle'],
      ['operation_asked', 'stop'],
      ['operation_asked', 'start'],
    ]);
  });

  it('whose stop another lease has to ask for again is another attempt; its start is none', async () => {
    const { id, ask } = await held();
    await ask('stop');
    await anotherLease(id);
    await ask('stop');
    expect(await cycleOf(id)).toMatchObject({ attempts: 2, stop_asked: true });
    await anotherLease(id);
    await ask('start');
    expect(await cycleOf(id)).toMatchObject({ attempts: 2, asked: true });
  });

  it('opens no bootstrap token before its start', async () => {
    const { id, ask } = await held();
    await sql('UPDATE heartbeats SET bootstrap_open = false WHERE workspace_id = :id::uuid', { id });
    const open = async () =>
      (await sql('SELECT bootstrap_open FROM heartbeats WHERE workspace_id = :id::uuid', { id }))[0]?.[
        'bootstrap_open'
      ];
    await ask('stop');
    expect(await open()).toBe(false);
    await ask('start');
    expect(await open()).toBe(true);
  });

  it('stops nothing once it has become another start meanwhile', async () => {
    const { id, ask } = await held();
    await transition(id, 'pause', 'paused', 'stop');
    await transition(id, 'resume', 'provisioning', 'start');
    expect(await ask('stop')).toEqual([]);
    expect(await cycleOf(id)).toMatchObject({ op: 'start', stop_asked: false, stopped_by: null, attempts: 0 });
  });

  it.each([
    ['refused, which is then not asked for', 'refused', false],
    ['not answered', 'unknown', true],
  ] as const)('is no further attempt where its stop is %s, and still a power cycle', async (_, outcome, stop_asked) => {
    const { id, lease, key, ask } = await held();
    await ask('stop');
    const row: SettleRow = { ...key, outcome, action: 'stop', absent: false, stopping: false, evidence: {} };
    await store.settleOperations({ ...by, lease, pollSeconds: 10, settleSeconds: 10, rows: [row] });
    expect(await cycleOf(id)).toMatchObject({ attempts: 1, power_cycle: true, stop_asked });
  });
});

describe('a heartbeat and the asking for a power cycle’s stop at the same time', () => {
  it('the beat commits first: nothing is asked for', async () => {
    const { id, ask } = await held();
    const late = await behind(
      (transaction) => database.run(recordHeartbeat, beatRecord(id), transaction),
      () => ask('stop'),
    );
    expect(late).toEqual([]);
    expect(await cycleOf(id)).toMatchObject({ status: 'online', op: null, stopped_by: null, stop_asked: false });
  });

  it('the asking commits first: the beat is of the process that it ends', async () => {
    const { id, token, asking } = await held();
    const late = await behind(
      (transaction) => database.run(askOperations, asking('stop'), transaction),
      async () => heartbeat(await token('runtime'), id, { uptime_seconds: 5000 }),
    );
    expect(late).toMatchObject({ status: 200, body: { workspace_status: 'provisioning' } });
    expect(await cycleOf(id)).toMatchObject({ op: 'start', power_cycle: true, stopped_by: 'muster' });
  });
});
