import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEc2Client } from '../../../lib/adapters/ec2/client.ts';
import { createOperator } from '../../../lib/adapters/ec2/operate-instances.ts';
import type { InstanceOperation, OperationAnswer } from '../../../lib/domain/operation.ts';
import { INSTANCE_OPERATIONS } from '../../../lib/domain/operation.ts';
import { ec2, ec2Calls, ec2Faults, plantInstance, plantInstances, resetEc2Calls } from '../../support/ec2.ts';
import { ec2Once, hurryTimeLimits } from './request.ts';

const UNKNOWN_ID = 'i-00000000000000000';
const CALLED = {
  start: 'StartInstances',
  stop: 'StopInstances',
  reboot: 'RebootInstances',
  terminate: 'TerminateInstances',
} as const satisfies Record<InstanceOperation, string>;

const operate = (operation: InstanceOperation, ids: readonly string[], client = createEc2Client()) =>
  createOperator(client).operate(operation, ids);

const statesOf = async (ids: readonly string[]) => {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [...ids] }));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  return ids.map((id) => instances.find(({ InstanceId }) => InstanceId === id)?.State?.Name);
};

const kindsOf = (answers: ReadonlyMap<string, OperationAnswer>) => {
  const kinds: Record<string, number> = {};
  for (const { kind } of answers.values()) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
};

afterEach(async () => {
  vi.restoreAllMocks();
  await ec2Faults({});
});

describe('operating instances', () => {
  it.each([
    ['start', 'stopped', 'running'],
    ['stop', 'running', 'stopped'],
    ['reboot', 'running', 'running'],
    ['terminate', 'stopped', 'terminated'],
  ] as const)('asks EC2 to %s them in one call', async (operation, state, then) => {
    const ids = await plantInstances({ state, count: 3 });
    await resetEc2Calls();
    expect([...(await operate(operation, ids))]).toEqual(ids.map((id) => [id, { kind: 'asked' }]));
    expect(await ec2Calls()).toEqual({ [CALLED[operation]]: 1 });
    await expect.poll(() => statesOf(ids)).toEqual([then, then, then]);
  });

  it('asks for at most 100 in a call, and for each once', async () => {
    const ids = await plantInstances({ count: 101 });
    await resetEc2Calls();
    expect(kindsOf(await operate('terminate', [...ids, ...ids]))).toEqual({ asked: 101 });
    expect(await ec2Calls()).toEqual({ TerminateInstances: 2 });
  });

  it.each(INSTANCE_OPERATIONS)('asks EC2 to %s nothing for an empty list or an empty id', async (operation) => {
    await resetEc2Calls();
    expect([...(await operate(operation, []))]).toEqual([]);
    expect([...(await operate(operation, ['']))]).toEqual([
      ['', { kind: 'refused', awsCode: 'InvalidInstanceID.Malformed' }],
    ]);
    expect(await ec2Calls()).toEqual({});
    const id = await plantInstance({ state: 'terminated' });
    expect([...(await operate('terminate', ['', id])).keys()]).toEqual(['', id]);
  });

  it.each([
    ['start', 'terminated', 'IncorrectInstanceState'],
    ['stop', 'pending', 'IncorrectInstanceState'],
    ['reboot', 'stopped', 'IncorrectInstanceState'],
  ] as const)('lets none that EC2 does not %s keep the others from it', async (operation, state, awsCode) => {
    const good = await plantInstances({ state: operation === 'start' ? 'stopped' : 'running', count: 12 });
    const bad = await plantInstance({ state });
    const answers = await operate(operation, [...good.slice(0, 6), bad, UNKNOWN_ID, 'x', ...good.slice(6)]);
    expect(kindsOf(answers)).toEqual({ asked: 12, refused: 3 });
    expect(answers.get(bad)).toEqual({ kind: 'refused', awsCode });
    expect(answers.get(UNKNOWN_ID)).toEqual({ kind: 'refused', awsCode: 'InvalidInstanceID.NotFound' });
    expect(answers.get('x')).toEqual({ kind: 'refused', awsCode: 'InvalidInstanceID.Malformed' });
  });

  it('asks for the other batches, whatever became of one', async () => {
    const ids = await plantInstances({ count: 150 });
    await ec2Faults({ errors: [{ action: 'TerminateInstances', code: 'InternalError', times: 1 }] });
    const answers = await operate('terminate', ids, ec2Once());
    expect(kindsOf(answers)).toEqual({ unknown: 100, asked: 50 });
    expect(answers.get(ids[0] ?? '')).toEqual({ kind: 'unknown', error: 'InternalError' });
  });

  it.each(['RequestLimitExceeded', 'InternalError', 'Unavailable'])(
    'does not know what became of it after %s, and asks for none by itself',
    async (code) => {
      const ids = await plantInstances({ count: 3 });
      await ec2Faults({ errors: [{ code }] });
      await resetEc2Calls();
      const answers = await operate('stop', ids, ec2Once());
      expect([...answers.values()]).toEqual(ids.map(() => ({ kind: 'unknown', error: code })));
      expect(await ec2Calls()).toEqual({ StopInstances: 1 });
    },
  );

  it('does not know what became of it where a refusal came after a fault', async () => {
    const id = await plantInstance({});
    const first = { action: 'StopInstances', code: 'InternalError', when: 'after', times: 1 };
    await ec2Faults({ errors: [first, { action: 'StopInstances', code: 'UnauthorizedOperation' }] });
    expect((await operate('stop', [id])).get(id)).toEqual({ kind: 'unknown', error: 'UnauthorizedOperation' });
    expect(await statesOf([id])).toEqual(['stopped']);
  });

  it('is refused a start for which there is no capacity, though EC2 calls that its own fault', async () => {
    const id = await plantInstance({ state: 'stopped' });
    await ec2Faults({ errors: [{ action: 'StartInstances', code: 'InsufficientInstanceCapacity' }] });
    expect((await operate('start', [id])).get(id)).toEqual({
      kind: 'refused',
      awsCode: 'InsufficientInstanceCapacity',
    });
  });

  it.each([
    ['start', 10_000],
    ['stop', 10_000],
    ['reboot', 10_000],
    ['terminate', 4_000],
  ] as const)('does not wait long for an answer to %s', async (operation, limit) => {
    const id = await plantInstance({});
    const limits = hurryTimeLimits();
    await ec2Faults({ errors: [{ hang: true }] });
    expect((await operate(operation, [id])).get(id)).toMatchObject({ kind: 'unknown' });
    expect(limits).toEqual([limit]);
  });
});
