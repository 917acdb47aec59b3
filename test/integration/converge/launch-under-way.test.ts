import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createEc2Client } from '../../../lib/adapters/ec2/client.ts';
import { openLaunching } from '../../../lib/adapters/ec2/open-launching.ts';
import type { Command } from '../../../lib/domain/command.ts';
import { converge, createLaunched, instancesOf, owedOf, settings, UNLIMITED } from '../../support/converge.ts';
import { ec2Faults } from '../../support/ec2.ts';
import { store, tokens, transition } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { NOTHING_HELD } from '../../support/silence.ts';
import { sql } from '../../support/sql.ts';

const by = { actor: 'test', requestId: 'test' };
const command = (id: string, name: Command) =>
  store.commandWorkspace({ workspaceId: id, command: name, replace: false, ...by, requestId: randomUUID() });

/** A converge to which something happens when its launched instance is to be recorded. */
const interrupted = (meanwhile: () => Promise<unknown>) => {
  const finaliseLaunch: typeof store.finaliseLaunch = async (input) => {
    await meanwhile();
    return store.finaliseLaunch(input);
  };
  return openLaunching(createEc2Client(), { store: { ...store, finaliseLaunch }, tokens, settings, rate: UNLIMITED });
};

/** A workspace whose second generation was launched, and the answer lost. */
const launchedUnseen = async (policy = 'on_instance_loss') => {
  const made = await createLaunched();
  await sql('UPDATE workspaces SET restart_policy = :policy::restart_policy WHERE id = :id::uuid', {
    id: made.id,
    policy,
  });
  await transition(made.id, 'boot_timed_out', 'offline', 'launch');
  await ec2Faults({ errors: [{ action: 'RunInstances', code: 'InternalError', status: 500, when: 'after' }] });
  await converge(made.id);
  await ec2Faults({});
  const launched = (await instancesOf(made.id)).find(({ generation }) => generation === 2);
  return { ...made, launched: launched?.id };
};

/** Two leases without a beat. */
const fallSilent = async (id: string) => {
  for (let lease = 1; lease <= 2; lease += 1) {
    await sql(
      `UPDATE heartbeats SET lease_until = clock_timestamp() - make_interval(secs => 2 * lease_seconds + 10)
       WHERE workspace_id = :id::uuid`,
      { id },
    );
    await sql(`UPDATE workspaces SET status_since = status_since - interval '10 minutes' WHERE id = :id::uuid`, { id });
    await store.expireLeases({ ...NOTHING_HELD, limit: 1_000, ...by });
  }
};

describe('a launch that is under way', () => {
  it('is what a restart of the offline workspace asks for: its instance is kept, and no other is launched', async () => {
    const { id } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    await converge(id, { launchOwed: interrupted(() => command(id, 'restart')).launchOwed });
    const launched = (await instancesOf(id)).at(-1);
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ generation: 2, instance_id: launched?.id, op: null });
  });

  it('is what a resume after a pause asks for: its instance is kept, and no other is launched', async () => {
    const { id } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    const pausedAndResumed = interrupted(async () => {
      await command(id, 'pause');
      await command(id, 'resume');
    });
    await converge(id, { launchOwed: pausedAndResumed.launchOwed });
    const launched = (await instancesOf(id)).at(-1);
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ generation: 2, instance_id: launched?.id, op: null });
  });

  it('whose answer was lost is looked for after a restart, and not doubled', async () => {
    const { id, launched } = await launchedUnseen();
    await command(id, 'restart');
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ generation: 2, instance_id: launched });
  });

  it('whose answer was lost is looked for at once when an operator restarts the workspace', async () => {
    const { id } = await launchedUnseen();
    await command(id, 'restart');
    expect((await owedOf(id))?.['due_in']).toBeLessThan(11);
  });

  it('is not doubled when its runtime registers, falls silent, and silence owes a launch', async () => {
    const { id, launched, token } = await launchedUnseen('on_silence');
    await register(await token(2, 'bootstrap'), { id, boot_id: 'b2' });
    await fallSilent(id);
    expect(await owedOf(id)).toMatchObject({ status: 'offline', op: 'launch' });
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ generation: 2, instance_id: launched });
  });

  it('stays owed when its runtime registers and then falls silent', async () => {
    const { id, launched, token } = await launchedUnseen();
    await register(await token(2, 'bootstrap'), { id, boot_id: 'b2' });
    await fallSilent(id);
    expect(await owedOf(id)).toMatchObject({ status: 'offline', op: 'launch', instance_id: null });
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ generation: 2, instance_id: launched });
  });

  it('stays owed when its runtime, degraded for silence, beats again but badly', async () => {
    const { id, token } = await launchedUnseen();
    await register(await token(2, 'bootstrap'), { id, boot_id: 'b2' });
    await sql(
      `UPDATE heartbeats SET lease_until = clock_timestamp() - interval '10 seconds' WHERE workspace_id = :id::uuid`,
      { id },
    );
    await store.expireLeases({ ...NOTHING_HELD, limit: 1_000, ...by });
    await heartbeat(await token(2), id, { error_rate: 0.9 });
    expect(await owedOf(id)).toMatchObject({ status: 'degraded', op: 'launch', asked: true, instance_id: null });
  });

  it('leaves a runtime that spoke before it was recorded as what it said: degraded', async () => {
    const { id, token } = await launchedUnseen();
    await register(await token(2, 'bootstrap'), { id, boot_id: 'b2' });
    await heartbeat(await token(2), id, { error_rate: 0.9 });
    expect(await owedOf(id)).toMatchObject({ status: 'degraded', op: 'launch' });
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'degraded', op: null });
  });

  it('that is recorded twice, as after a lost answer, undoes nothing of what came between', async () => {
    const { id, instanceId, token } = await createLaunched();
    await register(await token(1, 'bootstrap'), { id, boot_id: 'b1' });
    await heartbeat(await token(1), id, { error_rate: 0.9 });
    const instance = { instanceId, zone: 'us-east-1a', stoppable: true };
    await store.finaliseLaunch({ workspaceId: id, generation: 1, instance, ...by });
    expect(await owedOf(id)).toMatchObject({ status: 'degraded' });
  });
});
