import { describe, expect, it } from 'vitest';
import { converge, createLaunched, instancesOf, owedOf } from '../../support/converge.ts';
import { ec2Faults, terminate } from '../../support/ec2.ts';
import { eventsOf, transition } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { sweepOnce } from '../../support/sweep.ts';

describe('a launch that is owed', () => {
  it('replaces an instance that is gone by the next generation', async () => {
    const { id, instanceId, token } = await createLaunched();
    await register(await token(1, 'bootstrap'), { id, boot_id: 'b1' });
    await terminate(instanceId);
    await expect.poll(() => instancesOf(id)).toEqual([]);
    await sweepOnce();
    expect(await owedOf(id)).toMatchObject({ status: 'offline', op: 'launch', instance_id: null, generation: 1 });

    await converge(id);
    const [replacement, ...more] = await instancesOf(id);
    expect(more).toEqual([]);
    expect(replacement).toMatchObject({ generation: 2 });
    expect(await owedOf(id)).toMatchObject({
      ...{ status: 'provisioning', op: null, instance_id: replacement?.id, generation: 2, beats_generation: 2 },
      ...{ token_version: 1, bootstrap_open: true, attempts: 2, booting: true },
    });
    expect((await heartbeat(await token(1, 'runtime', 2), id)).status).toBe(401);
    expect((await register(await token(2, 'bootstrap'), { id, boot_id: 'b2' })).status).toBe(200);
    const kinds = (await eventsOf(id)).map(({ event }) => event);
    expect(kinds).toEqual(['created', 'instance_launched', 'register', 'instance_gone', 'launched', 'register']);
  });

  it('ends the instance that it supersedes once the new one is recorded', async () => {
    const { id, instanceId, token } = await createLaunched();
    await register(await token(1, 'bootstrap'), { id });
    await transition(id, 'restart', 'provisioning', 'launch');
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ generation: 2, previous_instance_id: instanceId, op: null });
    expect((await instancesOf(id)).map(({ generation }) => generation)).toEqual([1, 2]);

    await converge(id);
    await expect.poll(async () => (await instancesOf(id)).map(({ generation }) => generation)).toEqual([2]);
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ previous_instance_id: null });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ event: 'previous_instance_ended' });
  });

  it('stays owed when EC2 refuses it, begins anew with the next generation, and says why', async () => {
    const { id } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'InsufficientInstanceCapacity' }] });
    await converge(id);
    await ec2Faults({});
    expect(await owedOf(id)).toMatchObject({
      status: 'offline',
      op: 'launch',
      asked: false,
      generation: 2,
      attempts: 2,
    });
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(40);
    const refused = (await eventsOf(id)).at(-1);
    expect(refused).toMatchObject({ event: 'operation_refused', owes: 'launch' });
    expect(refused?.['evidence']).toContain('InsufficientInstanceCapacity');

    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: null, generation: 3, attempts: 3 });
  });

  it('whose answer was lost is found again, and not doubled', async () => {
    const { id } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'InternalError', status: 500, when: 'after' }] });
    await converge(id);
    await ec2Faults({});
    expect(await owedOf(id)).toMatchObject({ op: 'launch', asked: true, instance_id: null, generation: 2 });
    const [, launched] = await instancesOf(id);

    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: null, instance_id: launched?.id, generation: 2 });
    expect((await instancesOf(id)).map(({ generation }) => generation)).toEqual([1, 2]);
    expect((await eventsOf(id)).map(({ event }) => event)).toContain('operation_unknown');
  });

  it('whose instance died before it was recorded is begun anew', async () => {
    const { id } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'InternalError', status: 500, when: 'after' }] });
    await converge(id);
    await ec2Faults({});
    const lost = (await instancesOf(id)).at(-1);
    await terminate(lost?.id ?? '');
    await expect.poll(async () => (await instancesOf(id)).length).toBe(1);

    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: 'launch', asked: false, generation: 2 });
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ op: null, status: 'provisioning', generation: 3 });
  });

  it('whose runtime registers before it is recorded, by a process that dies then, is recorded all the same', async () => {
    const { id, token } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'InternalError', status: 500, when: 'after' }] });
    await converge(id);
    await ec2Faults({});
    expect((await register(await token(2, 'bootstrap'), { id, boot_id: 'b2' })).body.workspace_status).toBe('online');
    expect(await owedOf(id)).toMatchObject({ status: 'online', op: 'launch', asked: true, instance_id: null });

    await converge(id);
    const launched = (await instancesOf(id)).find(({ generation }) => generation === 2);
    expect(await owedOf(id)).toMatchObject({ status: 'online', op: null, instance_id: launched?.id });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ event: 'instance_launched' });
  });

  it('that was owed for long gives its boot a token that is good for it', async () => {
    const { id, token } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'InternalError', status: 500 }] });
    await converge(id);
    await ec2Faults({});
    await sql(`UPDATE heartbeats SET bootstrap_until = clock_timestamp() WHERE workspace_id = :id::uuid`, { id });
    await converge(id);
    expect((await register(await token(2, 'bootstrap'), { id, boot_id: 'b2' })).status).toBe(200);
  });
});
