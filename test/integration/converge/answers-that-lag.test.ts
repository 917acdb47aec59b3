import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ConvergePorts } from '../../../functions/converge/ports.ts';
import { CONVERGE_POLICY } from '../../../lib/domain/converge.ts';
import { convergeWith, launching, owedOf } from '../../support/converge.ts';
import { inquirer, plantInstance, stop } from '../../support/ec2.ts';
import { store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { online, stateOf } from './online.ts';

const by = { actor: 'test', requestId: 'test' };
const command = (id: string, name: 'pause' | 'resume' | 'restart') =>
  store.commandWorkspace({ workspaceId: id, command: name, replace: false, ...by, requestId: randomUUID() });
/** One run with the paces of production, whatever is due. */
const run = (id: string, over: Partial<ConvergePorts> = {}) =>
  convergeWith({ policy: CONVERGE_POLICY, ...over })({
    workspaceId: id,
    requestId: randomUUID(),
    timeLeftMs: () => 50_000,
  });

/** What EC2 said of the instances some seconds ago. */
const asOf = async (ids: readonly string[]): Promise<ConvergePorts['ec2']> => {
  const answers = await inquirer.inquire(ids);
  return { inquire: async () => answers };
};

const paused = async () => {
  const made = await online();
  await command(made.id, 'pause');
  await run(made.id);
  await expect.poll(() => stateOf(made.id)).toEqual(['stopped']);
  await sql(
    `UPDATE workspaces SET ec2_settles_at = '-infinity', ec2_next_at = clock_timestamp() WHERE id = :id::uuid`,
    { id: made.id },
  );
  await run(made.id);
  expect(await owedOf(made.id)).toMatchObject({ status: 'paused', op: null });
  return made;
};

describe('what a command owes while EC2 is being asked for the opposite', () => {
  it('waits until EC2’s answers show the first: a paused workspace is not left running', async () => {
    const { id, instanceId } = await paused();
    await command(id, 'resume');
    const before = await asOf([instanceId]);
    const pausedMeanwhile: typeof launching.operator.operate = async (...call) => {
      const answers = await launching.operator.operate(...call);
      await command(id, 'pause');
      return answers;
    };
    await run(id, { operator: { operate: pausedMeanwhile } });
    await run(id, { ec2: before });
    expect(await owedOf(id)).toMatchObject({ status: 'paused', op: 'stop' });
  });

  it('waits also where EC2 did not answer whether it does the first', async () => {
    const { id, instanceId } = await paused();
    await command(id, 'resume');
    const before = await asOf([instanceId]);
    const unanswered: typeof launching.operator.operate = async (...call) => {
      await launching.operator.operate(...call);
      return new Map([[instanceId, { kind: 'unknown', error: 'TimeoutError' }]]);
    };
    await run(id, { operator: { operate: unanswered } });
    await command(id, 'pause');
    await run(id, { ec2: before });
    expect(await owedOf(id)).toMatchObject({ status: 'paused', op: 'stop' });
  });

  it.each([
    ['during', 'asked'],
    ['after', 'unknown'],
  ] as const)('waits from EC2’s slow answer on, not from the question: ordered %s the call, %s', async (when, kind) => {
    const { id, instanceId } = await paused();
    await command(id, 'resume');
    const slow: typeof launching.operator.operate = async (...call) => {
      await launching.operator.operate(...call);
      await pause(1_100);
      if (when === 'during') await command(id, 'pause');
      return new Map([[instanceId, kind === 'asked' ? { kind } : { kind, error: 'TimeoutError' }]]);
    };
    await run(id, { operator: { operate: slow }, policy: { ...CONVERGE_POLICY, settleSeconds: 1 } });
    if (when === 'after') await command(id, 'pause');
    const [row] = await sql(
      `SELECT extract(epoch FROM ec2_next_at - status_since)::double precision AS waits FROM workspaces
       WHERE id = :id::uuid AND ec2_op = 'stop'`,
      { id },
    );
    expect(row?.['waits']).toBeGreaterThan(0.3);
  });

  it('is not hastened by a hint before EC2’s answers can be trusted', async () => {
    const { id, instanceId } = await online();
    await command(id, 'pause');
    await run(id);
    await command(id, 'resume');
    await store.hastenOperations({ instanceIds: [instanceId], withinSeconds: CONVERGE_POLICY.pollSeconds });
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(CONVERGE_POLICY.settleSeconds - 5);
  });
});

describe('a stop by a person', () => {
  it('is held also while a reboot is awaited that EC2 has agreed to', async () => {
    const { id, instanceId } = await online();
    await command(id, 'restart');
    await run(id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'reboot', asked: true });
    await expect.poll(() => stateOf(id)).toEqual(['running']);
    await stop(instanceId);
    await expect.poll(() => stateOf(id)).toEqual(['stopped']);
    await sql('UPDATE workspaces SET ec2_next_at = clock_timestamp() WHERE id = :id::uuid', { id });
    await run(id);
    expect(await stateOf(id)).toEqual(['stopped']);
  });
});

describe('an instance without our registry’s tag', () => {
  it('is not ended for a pause either, whatever the row says', async () => {
    const { id } = await online();
    const foreign = await plantInstance({ state: 'running' });
    await sql('UPDATE workspaces SET instance_id = :foreign::text, stoppable = false WHERE id = :id::uuid', {
      id,
      foreign,
    });
    await command(id, 'pause');
    await run(id);
    const answer = (await inquirer.inquire([foreign])).get(foreign);
    expect(answer).toMatchObject({ kind: 'named', observation: { state: 'running' } });
  });
});

describe('an instance that does not start', () => {
  it('is asked for again only after a backoff, though EC2 agrees each time', async () => {
    const { id, instanceId } = await paused();
    await command(id, 'resume');
    const before = await asOf([instanceId]);
    const agrees: typeof launching.operator.operate = async (_, ids) =>
      new Map(ids.map((one) => [one, { kind: 'asked' }]));
    for (let asked = 1; asked <= 2; asked += 1) {
      await sql('UPDATE workspaces SET ec2_next_at = clock_timestamp() WHERE id = :id::uuid', { id });
      await run(id, { ec2: before, operator: { operate: agrees } });
    }
    expect(await owedOf(id)).toMatchObject({ op: 'start', attempts: 1 });
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(20);
  });
});
