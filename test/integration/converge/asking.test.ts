import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { convergeWith, owedOf } from '../../support/converge.ts';
import { ec2Calls, plantInstance, resetEc2Calls } from '../../support/ec2.ts';
import { eventsOf, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { by, claimed } from './claimed.ts';

/** The tag by which an instance is ours. */
const ourTag = async () => {
  const [registry] = await sql('SELECT id::text AS id FROM registry_identity');
  return { 'muster:registry': String(registry?.['id']) };
};

describe('an asking', () => {
  const asking = async () => {
    const { id, lease, key } = await claimed('stop');
    await sql('UPDATE workspaces SET ec2_attempts = 0 WHERE id = :id::uuid', { id });
    const rows = [{ ...key, action: 'stop' }] as const;
    return { id, ask: () => store.askOperations({ ...by, lease, leaseSeconds: 30, settleSeconds: 10, rows }) };
  };

  it('whose process dies keeps the opposite waiting until EC2’s answers can be trusted', async () => {
    const { id, ask } = await asking();
    await ask();
    await transition(id, 'resume', 'provisioning', 'start');
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(5);
  });

  it('that is repeated is told once', async () => {
    const { id, ask } = await asking();
    await ask();
    await ask();
    expect((await eventsOf(id)).filter(({ event }) => event === 'operation_asked')).toHaveLength(1);
  });

  it('of a reboot opens the bootstrap token that its new process needs', async () => {
    const { id, lease, key } = await claimed('reboot');
    await sql(
      `UPDATE heartbeats SET bootstrap_open = false, bootstrap_until = clock_timestamp() WHERE workspace_id = :id::uuid`,
      { id },
    );
    const rows = [{ ...key, action: 'reboot' }] as const;
    await store.askOperations({ ...by, lease, leaseSeconds: 30, settleSeconds: 10, rows });
    const [row] = await sql(
      `SELECT bootstrap_open, extract(epoch FROM bootstrap_until - clock_timestamp())::double precision AS good_for
       FROM heartbeats WHERE workspace_id = :id::uuid`,
      { id },
    );
    expect(row).toEqual({ bootstrap_open: true, good_for: expect.closeTo(1_200, -2) });
  });

  it('does not reach EC2 for a workspace that has moved on since it was claimed', async () => {
    const { id } = await claimed('stop');
    const planted = await plantInstance({ state: 'running', tags: await ourTag() });
    await sql(`UPDATE workspaces SET instance_id = :planted::text, ec2_lease_until = NULL WHERE id = :id::uuid`, {
      id,
      planted,
    });
    await resetEc2Calls();
    const askOperations: typeof store.askOperations = async (input) => {
      await transition(id, 'resume', 'provisioning', 'start');
      return store.askOperations(input);
    };
    const run = { workspaceId: id, requestId: randomUUID(), timeLeftMs: () => 50_000 };
    await convergeWith({ store: { ...store, askOperations } })(run);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'start' });
    expect(await ec2Calls()).not.toHaveProperty('StopInstances');
  });
});

describe('a launch that EC2 refused, and which waits to be begun anew', () => {
  it('is not owed any more once its runtime registers', async () => {
    const { id } = await claimed('launch');
    await sql('UPDATE workspaces SET instance_id = NULL WHERE id = :id::uuid', { id });
    await transition(id, 'register', 'online');
    expect(await owedOf(id)).toMatchObject({ status: 'online', op: null });
  });

  it('that is owed to a converge without the time for it waits for another', async () => {
    const { id } = await claimed('launch');
    await sql('UPDATE workspaces SET ec2_lease_until = NULL WHERE id = :id::uuid', { id });
    await resetEc2Calls();
    await convergeWith()({ workspaceId: id, requestId: randomUUID(), timeLeftMs: () => 29_000 });
    expect(await owedOf(id)).toMatchObject({ op: 'launch', asked: false, leased: null, generation: 1 });
    expect(await ec2Calls()).not.toHaveProperty('RunInstances');
  });
});
