import { beforeEach, describe, expect, it } from 'vitest';
import { STATUSES } from '../../../lib/domain/status.ts';
import { ec2Faults } from '../../support/ec2.ts';
import { eventsOf, rowOf } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { doomedHint, forgetHints, hintWith, rebalance, SPOT, send, spotWarning, withPlanted } from './hinted.ts';

beforeEach(forgetHints);

const labelsOf = async (id: string) => {
  const [row] = await sql('SELECT labels::text FROM workspaces WHERE id = :id::uuid', { id });
  return JSON.parse(String(row?.['labels']));
};
const warningsOf = async (id: string) =>
  (await eventsOf(id))
    .filter(({ event }) => event === 'interruption_warned' || event === 'rebalance_recommended')
    .map(({ event, reason }) => [event, reason]);

describe('a warning', () => {
  it.each([
    ['spot-terminate', 'interruption_warned', (id: string) => spotWarning(id, 'terminate')],
    ['spot-stop', 'interruption_warned', (id: string) => spotWarning(id, 'stop')],
    ['spot-hibernate', 'interruption_warned', (id: string) => spotWarning(id, 'hibernate')],
    ['rebalance', 'rebalance_recommended', rebalance],
  ] as const)('%s marks the workspace by a label and an event (%s), once', async (warning, event, document) => {
    const { id, instanceId } = await withPlanted({ labels: { team: 'a' } }, SPOT);
    expect(await send(document(instanceId))).toMatchObject({ known: true, marked: true });
    expect(await labelsOf(id)).toEqual({ team: 'a', 'muster:interruption': warning });
    expect(await warningsOf(id)).toEqual([[event, warning]]);
    expect(await send(document(instanceId))).toMatchObject({ known: true, marked: false });
    expect(await warningsOf(id)).toEqual([[event, warning]]);
  });

  it('tells when EC2 gave it, for which instance and in which call', async () => {
    const { id, instanceId } = await withPlanted({}, SPOT);
    const document = rebalance(instanceId);
    await send(document);
    const [told] = await sql(
      `SELECT evidence ->> 'warned_at' AS at, actor, request_id IS NOT NULL AS asked, generation, instance_id
       FROM workspace_events WHERE workspace_id = :id::uuid AND event = 'rebalance_recommended'`,
      { id },
    );
    expect(told).toMatchObject({ actor: 'hint', asked: true, generation: 1, instance_id: instanceId });
    expect(Date.parse(String(told?.['at']))).toBe(Date.parse(document.time));
  });

  it('that comes many times at once is told once', async () => {
    const { id, instanceId } = await withPlanted({}, SPOT);
    await Promise.all(Array.from({ length: 8 }, () => send(rebalance(instanceId))));
    expect(await warningsOf(id)).toEqual([['rebalance_recommended', 'rebalance']]);
  });

  it('of a loss follows that of a risk, and a late one of a risk does not take it back', async () => {
    const { id, instanceId } = await withPlanted({}, SPOT);
    await send(rebalance(instanceId));
    await send(spotWarning(instanceId, 'stop'));
    expect(await send(rebalance(instanceId))).toMatchObject({ marked: false });
    expect(await labelsOf(id)).toEqual({ 'muster:interruption': 'spot-stop' });
    expect(await warningsOf(id)).toEqual([
      ['rebalance_recommended', 'rebalance'],
      ['interruption_warned', 'spot-stop'],
    ]);
  });

  it.each(STATUSES.filter((status) => status !== 'removed'))('changes no status of one that is %s', async (status) => {
    const { id, instanceId } = await withPlanted({ status }, SPOT);
    for (const document of [rebalance(instanceId), spotWarning(instanceId, 'stop')]) {
      expect(await send(document)).toMatchObject({ marked: true, replaced: 0, flipped: 0 });
    }
    expect(await rowOf(id)).toMatchObject({ status, instance_id: instanceId, ec2_op: null });
  });

  it('marks nothing that is removed', async () => {
    const { id, instanceId } = await withPlanted({ status: 'removed' }, SPOT);
    expect(await send(rebalance(instanceId))).toMatchObject({ known: true, marked: false });
    expect(await labelsOf(id)).toEqual({});
    expect(await warningsOf(id)).toEqual([]);
  });

  it('of a superseded instance does not mark the workspace', async () => {
    const { id } = await withPlanted({}, SPOT);
    const previous = 'i-0aaaaaaaaaaaaaaa1';
    await sql('UPDATE workspaces SET previous_instance_id = :previous::text WHERE id = :id::uuid', { id, previous });
    expect(await send(spotWarning(previous))).toMatchObject({ known: true, marked: false });
    expect(await rowOf(id)).toMatchObject({ status: 'online', ec2_op: null });
    expect(await labelsOf(id)).toEqual({});
  });

  it('marks the workspace although EC2 cannot be asked', async () => {
    const { id, instanceId } = await withPlanted({}, SPOT);
    await ec2Faults({ errors: [{ action: 'DescribeInstances', code: 'RequestLimitExceeded' }] });
    try {
      expect(await hintWith()(doomedHint(instanceId))).toMatchObject({
        marked: true,
        replaced: 0,
        verdicts: { unknown: 1 },
      });
    } finally {
      await ec2Faults({});
    }
    expect(await rowOf(id)).toMatchObject({ status: 'online' });
    expect(await labelsOf(id)).toEqual({ 'muster:interruption': 'spot-terminate' });
  });
});
