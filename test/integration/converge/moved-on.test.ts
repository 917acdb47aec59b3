import { describe, expect, it } from 'vitest';
import type { SettleRow } from '../../../lib/domain/operation.ts';
import { owedOf } from '../../support/converge.ts';
import { LAUNCH_TEMPLATE_ID } from '../../support/provided.ts';
import { eventsOf, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { by, claimed, wholeOf } from './claimed.ts';

const paces = { pollSeconds: 10, settleSeconds: 10 };
const spec = { launch_template_id: LAUNCH_TEMPLATE_ID };

/** What may have come between a claim and what its converge writes. */
const CHANGES = {
  'its lease is another’s': 'ec2_lease = gen_random_uuid()',
  'its generation is a later one': 'generation = generation + 1',
  'it owes something else': `ec2_op = 'terminate'`,
  'it has another instance': `instance_id = 'i-' || left(replace(gen_random_uuid()::text, '-', ''), 17)`,
} as const;

const change = async (id: string, what: keyof typeof CHANGES) => {
  await sql(`UPDATE workspaces SET ${CHANGES[what]} WHERE id = :id::uuid`, { id });
  await sql(
    `UPDATE heartbeats h SET generation = w.generation FROM workspaces w
     WHERE w.id = h.workspace_id AND w.id = :id::uuid`,
    { id },
  );
};

const ALL = [
  'its lease is another’s',
  'its generation is a later one',
  'it owes something else',
  'it has another instance',
] as const;

describe.each(ALL)('a claimed workspace, when %s by now,', (what) => {
  it('begins no launch', async () => {
    const { id, instanceId, lease } = await claimed('launch');
    await change(id, what);
    const before = await wholeOf(id);
    const input = { workspaceId: id, lease, leaseSeconds: 30, generation: 1, operation: 'launch', instanceId } as const;
    expect(await store.beginLaunch({ ...input, spec })).toBeUndefined();
    expect(await wholeOf(id)).toEqual(before);
  });

  it('is not asked for', async () => {
    const { id, lease, key } = await claimed('reboot');
    await change(id, what);
    const before = await wholeOf(id);
    const rows = [{ ...key, action: 'reboot' }] as const;
    expect(await store.askOperations({ ...by, lease, leaseSeconds: 30, settleSeconds: 10, rows })).toEqual([]);
    expect(await wholeOf(id)).toEqual(before);
  });

  it('does not fail for a budget that was spent', async () => {
    const { id, lease, key } = await claimed('reboot');
    await change(id, what);
    const before = await wholeOf(id);
    expect(await store.spendBudget({ ...by, lease, rows: [key] })).toEqual([]);
    expect(await wholeOf(id)).toEqual(before);
  });

  it('keeps what it owes and its instance', async () => {
    const { id, lease, key } = await claimed('stop');
    await change(id, what);
    const before = await owedOf(id);
    const rows: SettleRow[] = [
      { ...key, outcome: 'forget', action: null, absent: false, stopping: false, evidence: {} },
    ];
    const settled = await store.settleOperations({ ...by, lease, ...paces, rows });
    const { op, instance_id } = before ?? {};
    expect(await owedOf(id)).toMatchObject({ op, instance_id });
    expect((await owedOf(id))?.['due_in']).toBeLessThanOrEqual(0);
    expect((await eventsOf(id)).at(-1)).toMatchObject({ event: 'pause' });
    const isOurs = what !== 'its lease is another’s';
    expect(settled).toEqual(isOurs ? [{ id, again: true }] : []);
    expect((await owedOf(id))?.['leased']).toBe(isOurs ? null : true);
  });
});

describe('a claim whose answer was lost', () => {
  it('is sent again, and is the same claim', async () => {
    const { id, lease } = await claimed('stop');
    const claim = { workspaceIds: [id], lease, leaseSeconds: 30, limit: 1 };
    expect(await store.claimOperations(claim)).toMatchObject([{ workspaceId: id, operation: 'stop' }]);
  });
});

describe('a launch that begins', () => {
  it('has a lease of its own length, and knows neither beats nor a stop of what it supersedes', async () => {
    const { id, instanceId, lease, key } = await claimed('launch');
    await sql(`UPDATE workspaces SET stopped_by = 'user' WHERE id = :id::uuid`, { id });
    await sql(
      `UPDATE heartbeats SET boot_id = 'b1', last_heartbeat_at = clock_timestamp(),
         lease_until = clock_timestamp() + interval '1 minute' WHERE workspace_id = :id::uuid`,
      { id },
    );
    const input = { workspaceId: id, lease, leaseSeconds: 600, generation: key.generation, instanceId } as const;
    await store.beginLaunch({ ...input, operation: 'launch', spec });
    const [row] = await sql(
      `SELECT w.stopped_by, extract(epoch FROM w.ec2_lease_until - clock_timestamp())::double precision AS leased,
         h.boot_id, h.last_heartbeat_at::text AS beaten, h.lease_until::text AS alive_until
       FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id WHERE w.id = :id::uuid`,
      { id },
    );
    expect(row).toMatchObject({ stopped_by: null, boot_id: null, beaten: '-infinity', alive_until: '-infinity' });
    expect(row?.['leased']).toBeGreaterThan(500);
  });
});

describe('the time of what a workspace owes', () => {
  it('is not waited for where EC2 was asked already, or another is at it', async () => {
    const { id } = await claimed('stop');
    expect(await store.readDueOperation({ id })).toBeUndefined();
    await sql('UPDATE workspaces SET ec2_lease_until = NULL WHERE id = :id::uuid', { id });
    expect(await store.readDueOperation({ id })).toEqual({ seconds: 0 });
    await sql('UPDATE workspaces SET ec2_op_asked_at = clock_timestamp() WHERE id = :id::uuid', { id });
    expect(await store.readDueOperation({ id })).toBeUndefined();
  });
});
