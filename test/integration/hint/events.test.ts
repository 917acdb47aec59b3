import { beforeEach, describe, expect, it } from 'vitest';
import { ec2Calls, resetEc2Calls } from '../../support/ec2.ts';
import { eventsOf, rowOf } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { forgetHints, noted, rebalance, SPOT, send, spotWarning, stateChange, withPlanted } from './hinted.ts';

beforeEach(forgetHints);

const ID = 'i-0123456789abcdef0';
const written = async () =>
  sql(
    `SELECT (SELECT count(*) FROM hints)::integer AS hints, (SELECT max(id) FROM workspace_events)::integer AS events`,
  );

describe('a malformed event is an error that names the field, and writes nothing', () => {
  it.each([
    ['no document', null, 'event'],
    ['another source', { ...stateChange(ID), source: 'aws.s3' }, 'source'],
    ['no detail-type', { ...stateChange(ID), 'detail-type': undefined }, 'detail-type'],
    ['another detail-type', { ...stateChange(ID), 'detail-type': 'EC2 Something' }, 'detail-type'],
    ['no detail', { ...stateChange(ID), detail: undefined }, 'detail'],
    ['no instance', { ...stateChange(ID), detail: { state: 'terminated' } }, 'detail.instance-id'],
    ['an instance that is none', stateChange("i-1'; DROP TABLE hints"), 'detail.instance-id'],
    ['a warning of nothing', { ...spotWarning(ID), detail: { 'instance-id': ID } }, 'detail.instance-action'],
    ['a warning of another act', spotWarning(ID, 'explode'), 'detail.instance-action'],
    ['a warning of no time', { ...spotWarning(ID), time: undefined }, 'time'],
    ['a warning of no time that there is', { ...rebalance(ID), time: 'yesterday' }, 'time'],
    ['a recommendation for nobody', { ...rebalance(ID), detail: {} }, 'detail.instance-id'],
  ])('%s', async (_, event, field) => {
    const { id } = await withPlanted({}, SPOT);
    await sql('UPDATE workspaces SET instance_id = NULL WHERE instance_id = :instance::text', { instance: ID });
    await sql('UPDATE workspaces SET instance_id = :instance::text WHERE id = :id::uuid', { id, instance: ID });
    const before = await written();
    await resetEc2Calls();
    await expect(send(event)).rejects.toThrow(new RegExp(`^${field}: `));
    expect(await written()).toEqual(before);
    expect(await ec2Calls()).toEqual({});
  });
});

describe('an event that tells of a state', () => {
  it.each(['terminated', 'stopped', 'shutting-down', 'running', 'of another kind'])(
    'is not believed: it says %s, and EC2 says running',
    async (state) => {
      const { id, instanceId } = await withPlanted();
      expect(await send(stateChange(instanceId, state))).toMatchObject({ flipped: 0, verdicts: { alive: 1 } });
      expect(await rowOf(id)).toMatchObject({ status: 'online', instance_id: instanceId });
    },
  );

  it('is not needed to say it: EC2 does', async () => {
    const { id, instanceId } = await withPlanted({}, { state: 'terminated' });
    const { state: _, ...detail } = stateChange(instanceId).detail;
    expect(await send({ ...stateChange(instanceId), detail })).toMatchObject({ flipped: 1 });
    expect(await rowOf(id)).toMatchObject({ status: 'offline' });
  });
});

describe('events that come as EventBridge may send them', () => {
  it('twice, and both at once: one flip, one event', async () => {
    const { id, instanceId } = await withPlanted({}, { state: 'terminated' });
    await Promise.all(Array.from({ length: 8 }, () => send(stateChange(instanceId))));
    await send(stateChange(instanceId));
    expect((await eventsOf(id)).filter(({ event }) => event === 'instance_gone')).toHaveLength(1);
    expect(await rowOf(id)).toMatchObject({ status: 'offline', token_version: 2 });
    expect(await noted()).toEqual([]);
  });

  it('out of order: what EC2 shows now counts', async () => {
    const { id, instanceId } = await withPlanted({}, { state: 'terminated' });
    for (const state of ['terminated', 'shutting-down', 'running', 'pending'])
      await send(stateChange(instanceId, state));
    expect((await eventsOf(id)).filter(({ event }) => event === 'instance_gone')).toHaveLength(1);
    expect(await rowOf(id)).toMatchObject({ status: 'offline' });
  });

  it('late, when the workspace has another instance: the living one is left alone', async () => {
    const { id, instanceId } = await withPlanted();
    const old = await withPlanted({ status: 'offline' }, { state: 'terminated' });
    await sql(`UPDATE workspaces SET instance_id = NULL WHERE id = :old::uuid`, { old: old.id });
    await sql('UPDATE workspaces SET generation = 2 WHERE id = :id::uuid', { id });
    await sql('UPDATE heartbeats SET generation = 2 WHERE workspace_id = :id::uuid', { id });
    expect(await send(stateChange(old.instanceId))).toMatchObject({ known: false });
    expect(await rowOf(id)).toMatchObject({ status: 'online', instance_id: instanceId });
  });

  it.each([
    ['a state change', stateChange],
    ['a spot interruption', spotWarning],
    ['a rebalance recommendation', rebalance],
  ])('of an instance that is nobody’s of ours (%s): nothing is written, EC2 is not asked', async (_, event) => {
    const before = await written();
    await resetEc2Calls();
    expect(await send(event('i-0fedcba9876543210'))).toMatchObject({ known: false, marked: false, rounds: 0 });
    expect(await written()).toEqual(before);
    expect(await ec2Calls()).toEqual({});
  });
});
