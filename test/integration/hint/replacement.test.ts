import { beforeEach, describe, expect, it } from 'vitest';
import { converge, instancesOf, owedOf } from '../../support/converge.ts';
import { ec2Faults, inquirer, terminate } from '../../support/ec2.ts';
import { LAUNCH_TEMPLATE_ID } from '../../support/provided.ts';
import { eventsOf, newInstanceId, rowOf, transition } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import {
  doomedHint,
  endHold,
  forgetHints,
  hintWith,
  plantFleet,
  requested,
  SPOT,
  send,
  spotWarning,
  stateChange,
  withPlanted,
} from './hinted.ts';

beforeEach(forgetHints);

const restartsOf = async (id: string) => (await eventsOf(id)).filter(({ event }) => event === 'restart');

describe('a warning that EC2 will terminate', () => {
  it.each(['online', 'degraded'] as const)('lets one that is %s owe its next generation at once', async (status) => {
    const { id, instanceId } = await withPlanted({ status }, SPOT);
    expect(await send(spotWarning(instanceId))).toMatchObject({ marked: true, replaced: 1, verdicts: { alive: 1 } });
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'launch', instance_id: instanceId });
    expect(requested()).toContainEqual({ workspace_id: id });
    const [event] = await restartsOf(id);
    expect(event).toMatchObject({ from_status: status, reason: 'spot_interruption', actor: 'hint', owes: 'launch' });
    expect(JSON.parse(String(event?.['evidence']))).toMatchObject({
      warning: 'spot-terminate',
      lifecycle: 'spot',
      ec2_state: 'running',
      instance_id: instanceId,
      asked_at: expect.any(String),
      last_heartbeat_at: null,
    });
  });

  it('is carried out by converge: the next generation is launched, then the old one ended, and the label goes', async () => {
    const { id, instanceId, token } = await withPlanted({ labels: { team: 'a' } }, SPOT);
    const template = JSON.stringify({ launch_template_id: LAUNCH_TEMPLATE_ID });
    await sql('UPDATE workspaces SET launch = :template::jsonb WHERE id = :id::uuid', { id, template });
    await send(spotWarning(instanceId));
    await heartbeat(await token('runtime'), id, { uptime_seconds: 3_600 });
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'launch' });
    await converge(id);
    const row = await owedOf(id);
    expect(row).toMatchObject({ status: 'provisioning', generation: 2, op: null, previous_instance_id: instanceId });
    expect(await instancesOf(id)).toMatchObject([{ id: row?.['instance_id'], generation: 2 }]);
    const [labels] = await sql('SELECT labels::text FROM workspaces WHERE id = :id::uuid', { id });
    expect(JSON.parse(String(labels?.['labels']))).toEqual({ team: 'a' });
    await converge(id);
    const answer = (await inquirer.inquire([instanceId])).get(instanceId);
    expect(answer).toMatchObject({ observation: { state: expect.stringMatching(/shutting-down|terminated/) } });
    expect(await restartsOf(id)).toHaveLength(1);
  });

  it('that comes again changes nothing, also once the next generation lives', async () => {
    const { id, instanceId } = await withPlanted({}, SPOT);
    await send(spotWarning(instanceId));
    expect(await send(spotWarning(instanceId))).toMatchObject({ marked: false, replaced: 0 });
    expect(await restartsOf(id)).toHaveLength(1);
    await sql(
      `UPDATE workspaces SET previous_instance_id = instance_id, instance_id = :next::text WHERE id = :id::uuid`,
      { id, next: newInstanceId() },
    );
    await transition(id, 'register', 'online');
    expect(await send(spotWarning(instanceId))).toMatchObject({ known: true, marked: false, replaced: 0 });
    expect(await rowOf(id)).toMatchObject({ status: 'online', ec2_op: null });
  });

  it('replaces a mass in one round, and asks converge once for all of it', async () => {
    const fleet = await plantFleet(40, SPOT);
    const asked: (string | null)[] = [];
    const hint = hintWith({ converge: { request: async (id) => void asked.push(id) } });
    await Promise.all(fleet.slice(1).map((instance) => hint(doomedHint(instance), () => 0)));
    expect(await hint(doomedHint(fleet[0] ?? ''))).toMatchObject({ rounds: 1, replaced: 40 });
    expect(asked).toEqual([null]);
  });
});

describe('a warning beside other hints', () => {
  it('is not lost with the hint of a state that comes before EC2 could be asked', async () => {
    const { id, instanceId } = await withPlanted({}, SPOT);
    await ec2Faults({ errors: [{ action: 'DescribeInstances', code: 'RequestLimitExceeded' }] });
    try {
      await hintWith()(doomedHint(instanceId));
      await hintWith()(instanceId);
    } finally {
      await ec2Faults({});
    }
    expect(await rowOf(id)).toMatchObject({ status: 'online' });
    await endHold();
    expect(await send(stateChange(instanceId, 'running'))).toMatchObject({ replaced: 1 });
  });

  it('is not lost where the hint of a state was noted before it', async () => {
    const { instanceId } = await withPlanted({}, SPOT);
    await hintWith()(instanceId, () => 0);
    await hintWith()(doomedHint(instanceId), () => 0);
    expect(await hintWith()(instanceId)).toMatchObject({ rounds: 1, replaced: 1 });
  });

  it('that stays noted from a time that is past replaces nothing', async () => {
    const { id, instanceId } = await withPlanted({}, SPOT);
    await hintWith()(doomedHint(instanceId), () => 0);
    await sql(`UPDATE hints SET terminate_warned_at = terminate_warned_at - interval '4 minutes'`);
    expect(await send(stateChange(instanceId, 'running'))).toMatchObject({ replaced: 0 });
    expect(await rowOf(id)).toMatchObject({ status: 'online' });
  });

  it('that says it is of tomorrow is not good for longer', async () => {
    const { instanceId } = await withPlanted({}, SPOT);
    await hintWith()({ instanceId, warned: { of: 'spot-terminate', at: '2099-01-01T00:00:00Z' } }, () => 0);
    const [row] = await sql('SELECT terminate_warned_at <= clock_timestamp() AS past FROM hints');
    expect(row).toEqual({ past: true });
  });

  it('finds the instance dead: it is a death', async () => {
    const { id, instanceId } = await withPlanted({}, SPOT);
    await terminate(instanceId);
    expect(await send(spotWarning(instanceId))).toMatchObject({ marked: true, flipped: 1, replaced: 0 });
    expect(await rowOf(id)).toMatchObject({ status: 'offline', ec2_op: 'launch' });
  });
});
