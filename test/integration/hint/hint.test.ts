import { beforeEach, describe, expect, it } from 'vitest';
import { comeDue, convergeWith, createLaunched, instancesOf, owedOf, QUICK } from '../../support/converge.ts';
import { ec2Calls, resetEc2Calls, stop, terminate } from '../../support/ec2.ts';
import { mortal } from '../../support/killed.ts';
import { eventsOf, makeWorkspace, newInstanceId, rowOf, transition } from '../../support/registry.ts';
import { register } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';
import { withInstance } from '../../support/sweep.ts';
import { forgetHints, hintWith, noted, plantFleet, requested, send, stateChange, withPlanted } from './hinted.ts';

beforeEach(forgetHints);

describe('a hint', () => {
  it('of a death asks converge for the launch that it comes to owe', async () => {
    const { id, instanceId, token } = await createLaunched();
    await register(await token(1, 'bootstrap'), { id });
    await terminate(instanceId);
    await expect.poll(() => instancesOf(id)).toEqual([]);
    expect(await send(stateChange(instanceId))).toMatchObject({ known: true, flipped: 1, verdicts: { gone: 1 } });
    expect(await owedOf(id)).toMatchObject({ status: 'offline', op: 'launch' });
    expect(requested()).toContainEqual({ workspace_id: id });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ event: 'instance_gone', actor: 'hint' });
  });

  it('asks converge for the start that a stopped boot comes to owe, and not for those beside it', async () => {
    const booting = await withInstance('provisioning');
    const healthy = await withInstance('online');
    await sql(`INSERT INTO hints (instance_id, hinted_at) VALUES (:instance::text, now())`, {
      instance: healthy.instanceId,
    });
    await expect
      .poll(async () =>
        stop(booting.instanceId).then(
          () => 'stopped',
          () => 'pending',
        ),
      )
      .toBe('stopped');
    const asked: (string | null)[] = [];
    const hint = hintWith({ converge: { request: async (id) => void asked.push(id) } });
    await sql(`UPDATE workspaces SET stopped_by = 'muster' WHERE id = :id::uuid`, { id: booting.id });
    expect(await hint(booting.instanceId)).toMatchObject({ owing_start: 1, verdicts: { alive: 1, stopped: 1 } });
    expect(asked).toEqual([booting.id]);
  });

  it('lets the time come for what was asked of the instance, but not for what backs off', async () => {
    const { id, instanceId } = await createLaunched();
    await expect.poll(async () => (await instancesOf(id))[0]?.state).toBe('running');
    await transition(id, 'pause', 'paused', 'stop');
    await comeDue(id);
    const policy = { ...QUICK, pollSeconds: 10, settleSeconds: 10 };
    await convergeWith({ policy })({ workspaceId: id, requestId: 'r', timeLeftMs: () => 50_000 });
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(5);
    await send(stateChange(instanceId, 'stopping'));
    expect((await owedOf(id))?.['due_in']).toBeLessThanOrEqual(0);
    expect(requested()).toContainEqual({ workspace_id: id });

    const later = `UPDATE workspaces SET ec2_next_at = clock_timestamp() + interval '30 seconds' WHERE id = :id::uuid`;
    await sql(later, { id });
    const before = requested().length;
    await send(stateChange(instanceId, 'stopping'));
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(25);
    expect(requested()).toHaveLength(before);
  });

  it('of a superseded instance lets it be looked at, and leaves what the workspace itself owes', async () => {
    const { id, instanceId } = await makeWorkspace({ status: 'online' });
    const previous = newInstanceId();
    await sql(
      `UPDATE workspaces SET previous_instance_id = :previous::text,
         previous_next_at = clock_timestamp() + interval '10 minutes',
         ec2_op = 'reboot', ec2_next_at = clock_timestamp() + interval '5 seconds' WHERE id = :id::uuid`,
      { id, previous },
    );
    const asked: (string | null)[] = [];
    const hint = hintWith({ converge: { request: async (one) => void asked.push(one) } });
    await resetEc2Calls();
    expect(await hint(previous)).toMatchObject({ known: true, verdicts: { alive: 0, absent: 0 } });
    expect(await ec2Calls()).toEqual({});
    expect(asked).toEqual([id]);
    const [row] = await sql(
      'SELECT previous_next_at <= clock_timestamp() AS due FROM workspaces WHERE id = :id::uuid',
      { id },
    );
    expect(row).toEqual({ due: true });
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(2);
    expect(await rowOf(id)).toMatchObject({ status: 'online', instance_id: instanceId });
    expect(await noted()).toEqual([]);
  });

  it('never acts on an absence', async () => {
    const { id, instanceId } = await makeWorkspace({ status: 'online' });
    expect(await send(stateChange(instanceId))).toMatchObject({ known: true, verdicts: { absent: 1 }, flipped: 0 });
    const [row] = await sql('SELECT status::text, absent_seen FROM workspaces WHERE id = :id::uuid', { id });
    expect(row).toEqual({ status: 'online', absent_seen: 0 });
    expect(await noted()).toEqual([]);
  });

  it.each(['i-0123456789abcdef0', 'i-00000000'])(
    'for an instance that is not ours (%s) costs one statement, asks EC2 nothing and writes nothing',
    async (instanceId) => {
      const { calls, converge } = mortal(undefined);
      expect(await hintWith(converge)(instanceId)).toMatchObject({ known: false, rounds: 0 });
      expect(calls).toEqual(['noteHint']);
      expect(await noted()).toEqual([]);
    },
  );

  it('whose requests are refused fails nothing: the schedule finds what is owed', async () => {
    const { id, instanceId } = await withInstance();
    await terminate(instanceId);
    shared.now.lambda.refuses = true;
    try {
      expect(await send(stateChange(instanceId))).toMatchObject({ flipped: 1 });
    } finally {
      shared.now.lambda.refuses = false;
    }
    expect(await owedOf(id)).toMatchObject({ status: 'offline', op: 'launch' });
  });

  it('asks converge for nothing where nothing is owed', async () => {
    const paused = await withPlanted({ status: 'paused' }, { state: 'stopped' });
    const asked: (string | null)[] = [];
    const hint = hintWith({ converge: { request: async (id) => void asked.push(id) } });
    expect(await hint(paused.instanceId)).toMatchObject({ verdicts: { stopped: 1 }, flipped: 0 });
    expect(asked).toEqual([]);
  });

  it.each([
    [5, 'each of them by itself'],
    [6, 'all that owe something, once'],
  ])('of %i deaths asks converge for %s', async (count) => {
    const asked: (string | null)[] = [];
    const instances = await plantFleet(count, { state: 'terminated' });
    for (const instance of instances) {
      await sql(`INSERT INTO hints (instance_id, hinted_at) VALUES (:instance::text, now())`, { instance });
    }
    const hint = hintWith({ converge: { request: async (id) => void asked.push(id) } });
    expect(await hint(instances[0] ?? '')).toMatchObject({ flipped: count, rounds: 1 });
    expect(asked).toHaveLength(count > 5 ? 1 : count);
    expect(asked.includes(null)).toBe(count > 5);
  });
});
