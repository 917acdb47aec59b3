import { beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, rowOf } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';
import { liveness, livenessWith } from './aged.ts';
import {
  impairedWorkspace,
  LAUNCH,
  NEVER,
  NOT_STOPPABLE,
  NOTHING,
  ON_SILENCE,
  onHost,
  owedBy,
  POWER_CYCLE,
  set,
} from './on-host.ts';
import { manyOf, removeEarlier, silentWorkspace } from './silent.ts';

const { lambda } = shared.now;

beforeEach(async () => {
  await removeEarlier();
  lambda.invocations.length = 0;
});

describe('a silent workspace whose system EC2 shows impaired', () => {
  it.each([
    ['a power cycle', {}, '', POWER_CYCLE],
    ['a power cycle rather than a reboot', ON_SILENCE, '', POWER_CYCLE],
    ['a launch, where its instance cannot be stopped', {}, NOT_STOPPABLE, LAUNCH],
    ['nothing, where nothing may be done for it', NEVER, '', NOTHING],
  ])('is degraded, owing %s', async (_, options, change, owed) => {
    const { id } = await impairedWorkspace(options);
    if (change !== '') await set(id, change);
    expect(await liveness()).toMatchObject({ degraded: 1, impaired_unknown: null });
    expect(await owedBy(id)).toEqual({ status: 'degraded', ...owed });
    const last = (await eventsOf(id)).at(-1);
    expect(last).toMatchObject({ event: 'lease_expired', owes: owed.owes });
    expect(JSON.parse(String(last?.['evidence']))).toMatchObject({ system_status: 'impaired', lease_seconds: 90 });
    expect(lambda.invocations).toHaveLength(owed.owes === null ? 0 : 1);
  });

  it.each([
    ['goes on to owe its power cycle', {}, `ec2_op = 'start', power_cycle = true`, POWER_CYCLE],
    ['goes on to owe it where silence is healed', ON_SILENCE, `ec2_op = 'start', power_cycle = true`, POWER_CYCLE],
    ['goes on to owe the start that it has come to', {}, `ec2_op = 'start'`, { ...POWER_CYCLE, power_cycle: false }],
    ['goes on to owe its launch', {}, `ec2_op = 'launch', stoppable = false`, LAUNCH],
    ['is launched anew where silence is healed and its power cycle is over', ON_SILENCE, `ec2_op = 'start'`, LAUNCH],
    ['owes nothing where nothing may be done', NEVER, `ec2_op = 'start', power_cycle = true`, NOTHING],
  ])('offline after a second lease, %s, though EC2 may no longer show it', async (_, options, owing, owed) => {
    const { id } = await silentWorkspace({ status: 'degraded', silentFor: 1000, ...options });
    await onHost(id, 'ok');
    await set(id, `status_reason = 'lease_expired', ec2_next_at = now(), ${owing}`);
    expect(await liveness()).toMatchObject({ offline: 1 });
    expect(await owedBy(id)).toEqual({ status: 'offline', ...owed });
  });

  it('comes to owe a power cycle with its second lease, where a reboot was of no use', async () => {
    const { id } = await impairedWorkspace({ status: 'degraded', silentFor: 1000, ...ON_SILENCE });
    await set(id, `status_reason = 'lease_expired', ec2_op = 'reboot', ec2_op_asked_at = now()`);
    await liveness();
    expect(await owedBy(id)).toEqual({ status: 'offline', ...POWER_CYCLE });
  });

  it('is not held by the brake: EC2 agrees', async () => {
    const mass = await manyOf(5);
    const { id } = await impairedWorkspace();
    await manyOf(7, { silentFor: 0 });
    expect(await liveness()).toMatchObject({ held_zones: 'fleet', is_outage: false, degraded: 1 });
    expect(await owedBy(id)).toEqual({ status: 'degraded', ...POWER_CYCLE });
    for (const held of mass) expect(await owedBy(held.id)).toEqual({ status: 'online', ...NOTHING });
  });
});

describe('a power cycle that silence owes', () => {
  it('is not owed any more once the runtime beats', async () => {
    const made = await impairedWorkspace();
    await liveness();
    expect((await heartbeat(await made.token('runtime'), made.id)).body.workspace_status).toBe('online');
    expect(await owedBy(made.id)).toEqual({ status: 'online', ...NOTHING });
    expect(await rowOf(made.id)).toMatchObject({ stopped_by: null });
  });

  it('is asked for by the run that found it, with what it was told', async () => {
    const { id, instanceId } = await silentWorkspace();
    const asked: unknown[] = [];
    await livenessWith({
      ec2: { listImpaired: async () => ({ instanceIds: [instanceId], error: 'RequestLimitExceeded' }) },
      converge: { request: async (one) => void asked.push(one) },
    });
    expect(asked).toEqual([null]);
    expect(await owedBy(id)).toEqual({ status: 'degraded', ...POWER_CYCLE });
  });
});
