import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { comeDue, owedOf } from '../../support/converge.ts';
import { LAUNCH_TEMPLATE_ID } from '../../support/provided.ts';
import { makeWorkspace, newInstanceId, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { by, claimed, wholeOf } from './claimed.ts';

const spec = { launch_template_id: LAUNCH_TEMPLATE_ID };

describe('the end of a launch whose workspace has moved on', () => {
  const launching = async () => {
    const { id, instanceId, lease } = await claimed('launch');
    const input = { workspaceId: id, lease, leaseSeconds: 30, generation: 1, operation: 'launch', instanceId } as const;
    await store.beginLaunch({ ...input, spec });
    return { id, lease };
  };
  const of = (workspaceId: string, generation: number) => ({ workspaceId, generation, ...by });
  const instance = (instanceId: string) => ({ instanceId, zone: 'us-east-1a', stoppable: true });

  it.each([
    ['of a generation that is over', 1, false],
    ['of a generation that has another instance', 2, true],
  ] as const)('%s records nothing', async (_, generation, recorded) => {
    const { id } = await launching();
    if (recorded) await store.finaliseLaunch({ ...of(id, 2), instance: instance(newInstanceId()) });
    const before = await wholeOf(id);
    expect(await store.finaliseLaunch({ ...of(id, generation), instance: instance(newInstanceId()) })).toBeUndefined();
    expect(await wholeOf(id)).toEqual(before);
  });

  it.each([
    ['of a generation that is over', 1, false, 'refused'],
    ['of a generation that is over', 1, false, 'disowned'],
    ['of a generation that has another instance', 2, true, 'refused'],
    ['of a generation that has another instance', 2, true, 'disowned'],
  ] as const)('%s (%i, recorded: %s) fails nothing, and frees nothing: %s', async (_, generation, recorded, ending) => {
    const { id } = await launching();
    if (recorded) {
      await store.finaliseLaunch({ ...of(id, 2), instance: instance(newInstanceId()) });
      await transition(id, 'pause', 'paused', 'stop');
      await transition(id, 'resume', 'provisioning', 'start');
      await sql(
        `UPDATE workspaces SET ec2_lease = gen_random_uuid(), ec2_lease_until = clock_timestamp() + interval '30 s'
         WHERE id = :id::uuid`,
        { id },
      );
    }
    const { rows } = await wholeOf(id);
    const disowned = { ...of(id, generation), instanceId: newInstanceId(), error: 'test', fail: true };
    if (ending === 'refused') await store.failLaunch({ ...of(id, generation), ec2Error: 'test' });
    else expect(await store.disownInstance(disowned)).toMatchObject({ kept: false });
    expect((await wholeOf(id)).rows).toEqual(rows);
  });

  it('of a generation that is over, with no known result, leaves the later one its lease', async () => {
    const { id } = await launching();
    const before = await wholeOf(id);
    await store.noteUnknownLaunch({ ...of(id, 1), error: 'test', settleSeconds: 10 });
    expect(await wholeOf(id)).toEqual(before);
  });

  it('that is recorded again leaves what came to be owed to whoever holds it', async () => {
    const { id } = await launching();
    const recorded = { ...of(id, 2), instance: instance(newInstanceId()) };
    await store.finaliseLaunch(recorded);
    await transition(id, 'pause', 'paused', 'stop');
    await comeDue(id);
    const claim = { workspaceIds: [id], lease: randomUUID(), leaseSeconds: 30, limit: 1 };
    expect(await store.claimOperations(claim)).toHaveLength(1);
    await store.finaliseLaunch(recorded);
    const [row] = await sql('SELECT ec2_lease::text AS lease FROM workspaces WHERE id = :id::uuid', { id });
    expect(row).toEqual({ lease: claim.lease });
    expect(await owedOf(id)).toMatchObject({ op: 'stop', leased: true });
  });

  it('whose instance nobody’s row believes in, while converge launches, leaves the launch owed', async () => {
    const { id } = await launching();
    await store.disownInstance({ ...of(id, 2), instanceId: newInstanceId(), error: 'test', fail: false });
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'launch', asked: false, leased: null });
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(20);
  });
});

describe('a hold by a person that EC2 shows ended', () => {
  const held = async () => {
    const { id, instanceId } = await makeWorkspace({ status: 'offline' });
    await sql(
      `UPDATE workspaces SET stopped_by = 'user', ec2_op = NULL, ec2_next_at = NULL, instance_id = :instanceId::text
       WHERE id = :id::uuid`,
      { id, instanceId },
    );
    const [now] = await sql('SELECT clock_timestamp()::text AS at');
    const asked_at = String(now?.['at']);
    const row = { workspace_id: id, instance_id: instanceId, generation: 1, asked_at, reason: 'test', evidence: {} };
    const resume = (fence: number | null = null) => store.resumeHeld({ ...by, rows: [row], fence });
    return { id, resume };
  };

  it('stays for a sweep that has lost its fence', async () => {
    const { id, resume } = await held();
    expect(await resume(-1)).toEqual([]);
    expect(await owedOf(id)).toMatchObject({ status: 'offline', stopped_by: 'user' });
  });

  it('boots the workspace', async () => {
    const { id, resume } = await held();
    expect(await resume()).toEqual([{ id }]);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', booting: true, stopped_by: null });
  });

  it.each([
    ['something is owed', `ec2_op = 'launch', ec2_next_at = now()`],
    ['nobody has stopped it', 'stopped_by = NULL'],
    ['its status is newer than the question', `status_since = clock_timestamp()`],
    ['its generation is a later one', 'generation = generation + 1'],
    ['it has another instance', `instance_id = 'i-0fedcba987654321e'`],
  ])('changes nothing where %s by now', async (_, set) => {
    const { id, resume } = await held();
    await sql(`UPDATE workspaces SET ${set} WHERE id = :id::uuid`, { id });
    const before = await wholeOf(id);
    expect(await resume()).toEqual([]);
    expect(await wholeOf(id)).toEqual(before);
  });
});
