import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createProvision } from '../../../functions/provision/provision.ts';
import { provisionRequest } from '../../../functions/provision/schema.ts';
import { comeDue, converge, createLaunched, instancesOf, owedOf } from '../../support/converge.ts';
import { terminate } from '../../support/ec2.ts';
import { mortal } from '../../support/killed.ts';
import { eventsOf, makeWorkspace, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { sweepOnce } from '../../support/sweep.ts';

const by = { actor: 'test', requestId: 'test' };

describe('what is sent twice, as after a lost answer', () => {
  it('counts an asking as one attempt', async () => {
    const { id, instanceId } = await makeWorkspace({ status: 'online' });
    await transition(id, 'restart', 'provisioning', 'reboot');
    await comeDue(id);
    const lease = randomUUID();
    await store.claimOperations({ workspaceIds: [id], lease, leaseSeconds: 30, limit: 1 });
    const row = {
      workspace_id: id,
      generation: 1,
      operation: 'reboot',
      instance_id: instanceId,
      action: 'reboot',
    } as const;
    const before = Number((await owedOf(id))?.['attempts']);
    await store.askOperations({ ...by, lease, leaseSeconds: 30, settleSeconds: 0, rows: [row] });
    await store.askOperations({ ...by, lease, leaseSeconds: 30, settleSeconds: 0, rows: [row] });
    expect(await owedOf(id)).toMatchObject({ attempts: before + 1 });
  });

  it('tells once of an instance that nobody’s row believes in', async () => {
    const id = randomUUID();
    const made = await makeWorkspace({ id });
    const disowned = {
      workspaceId: id,
      generation: 1,
      instanceId: `${made.instanceId}0`,
      error: 'test',
      fail: true,
      ...by,
    };
    await store.disownInstance(disowned);
    await store.disownInstance(disowned);
    expect((await eventsOf(id)).filter(({ event }) => event === 'persistence_failed')).toHaveLength(1);
  });
});

describe('a claim for one workspace', () => {
  it('takes that one and no other, whoever has waited longer', async () => {
    const [longer, wanted] = await Promise.all([1, 2].map(() => makeWorkspace({ status: 'online' })));
    for (const id of [String(longer?.id), String(wanted?.id)]) {
      await transition(id, 'restart', 'provisioning', 'reboot');
      await comeDue(id);
    }
    await sql(`UPDATE workspaces SET ec2_next_at = ec2_next_at - interval '1 hour' WHERE id = :id::uuid`, {
      id: String(longer?.id),
    });
    const only = { workspaceIds: [String(wanted?.id)], lease: randomUUID(), leaseSeconds: 30 };
    const claimed = await store.claimOperations({ ...only, limit: 10 });
    expect(claimed.map(({ workspaceId }) => workspaceId)).toEqual([wanted?.id]);
  });
});

describe('a command whose first sending is carried out late, after its repetition was', () => {
  it('is not carried out again, whatever came between', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const command = (name: 'pause' | 'resume', requestId: string) =>
      store.commandWorkspace({ workspaceId: id, command: name, replace: false, actor: 'test', requestId });
    await command('pause', 'first');
    await command('resume', 'second');
    await command('pause', 'first');
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'start' });
  });
});

describe('a superseded instance', () => {
  it('is ended also where the one that superseded it is gone and none will follow', async () => {
    const { id, instanceId } = await createLaunched({ restart_policy: 'never' });
    await transition(id, 'register', 'online');
    await transition(id, 'restart', 'provisioning', 'launch');
    await converge(id);
    const replacement = String((await owedOf(id))?.['instance_id']);
    expect(await owedOf(id)).toMatchObject({ previous_instance_id: instanceId });
    await terminate(replacement);
    await expect.poll(async () => (await instancesOf(id)).map((one) => one.id)).toEqual([instanceId]);
    await sweepOnce();
    expect(await owedOf(id)).toMatchObject({ status: 'offline', op: null, instance_id: null });
    await converge(id);
    await expect.poll(async () => (await instancesOf(id)).map((one) => one.id)).toEqual([]);
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ previous_instance_id: null });
  });

  it('has its turn in the order of the time that it waits, however much else is owed', async () => {
    const superseding = await makeWorkspace({ status: 'online' });
    await sql(
      `UPDATE workspaces SET previous_instance_id = 'i-0123', previous_next_at = clock_timestamp() - interval '1 hour'
       WHERE id = :id::uuid`,
      { id: superseding.id },
    );
    const others = await Promise.all([1, 2].map(() => makeWorkspace({ status: 'online' })));
    for (const { id } of others) {
      await transition(id, 'restart', 'provisioning', 'launch');
      await comeDue(id);
    }
    const ids = [superseding, ...others].map(({ id }) => id);
    const claimed = await store.claimOperations({ workspaceIds: ids, lease: randomUUID(), leaseSeconds: 30, limit: 2 });
    expect(claimed.map(({ workspaceId }) => workspaceId)).toContain(superseding.id);
  });
});

describe('a provisioning that is repeated with its key', () => {
  const request = provisionRequest({ allowLoopbackSources: true }).parse({ name: 'test', runtime: 'agent' });
  const provision = (process: ReturnType<typeof mortal>, key: string) =>
    createProvision(process.provision)(key, request, { actor: 'test', requestId: key });

  it('launches nothing for a workspace that was paused meanwhile', async () => {
    const key = randomUUID();
    const alive = mortal(undefined);
    await provision(alive, randomUUID());
    const run = alive.calls.indexOf('RunInstancesCommand') + 1;
    expect(run).toBeGreaterThan(0);
    await provision(mortal({ at: run, when: 'before', how: 'dies' }), key).catch(() => undefined);
    await sql(`UPDATE idempotency_keys SET held_until = '-infinity' WHERE key = :key::text`, { key });
    const [made] = await sql('SELECT workspace_id::text AS id FROM idempotency_keys WHERE key = :key::text', { key });
    const id = String(made?.['id']);
    await store.commandWorkspace({ workspaceId: id, command: 'pause', replace: false, ...by });
    await comeDue(id);
    await provision(mortal(undefined), key);
    expect(await instancesOf(id)).toEqual([]);
    expect(await owedOf(id)).toMatchObject({ status: 'paused', generation: 1 });
  });
});

describe('an end that EC2 refuses for good', () => {
  it('is asked for less and less often', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    await transition(id, 'remove', 'removed', 'terminate');
    for (let asked = 1; asked <= 4; asked += 1) {
      await comeDue(id);
      const lease = randomUUID();
      const [owed] = await store.claimOperations({ workspaceIds: [id], lease, leaseSeconds: 30, limit: 1 });
      const row = {
        workspace_id: id,
        generation: 1,
        operation: 'terminate',
        instance_id: owed?.instanceId ?? null,
        outcome: 'refused',
        action: 'terminate',
        absent: false,
        stopping: false,
        evidence: {},
      } as const;
      await store.settleOperations({ ...by, lease, pollSeconds: 10, settleSeconds: 0, rows: [row] });
    }
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(150);
  });
});
