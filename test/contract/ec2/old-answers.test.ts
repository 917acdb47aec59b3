import {
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  RunInstancesCommand,
  StartInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { asOf, keepPast } from '../../../infra/local/ec2/fleet/past.ts';
import { addTo, newFleet } from './fleet.ts';
import { describeIds, only, refusal, startTestEc2, untilStates } from './start.ts';

const launchTime = '2026-01-02T03:04:05.000Z';
const shown = async (ec2: EC2Client) =>
  only((await ec2.send(new DescribeInstancesCommand({}))).Reservations?.[0]?.Instances);
const withState = (state: string) => ({ Filters: [{ Name: 'instance-state-name', Values: [state] }] });

describe('An answer of some time ago', () => {
  /** An instance of long ago, and answers a minute old. */
  async function withOldAnswers(state: string) {
    const started = await startTestEc2();
    const id = only(await started.plant({ state, launchTime }));
    await started.control('POST', 'faults', { staleMs: 60_000 });
    return { ...started, id };
  }

  it('shows an instance with the state and without the reason that came since, and filters by that', async () => {
    const { ec2, id, control, events } = await withOldAnswers('running');
    await control('POST', `instances/${id}/stop`);
    await untilStates(events, ['stopping', 'stopped']);
    expect(await shown(ec2)).toMatchObject({ State: { Name: 'running', Code: 16 }, StateTransitionReason: '' });
    expect((await shown(ec2)).StateReason).toBeUndefined();
    expect(await describeIds(ec2, withState('running'))).toEqual([id]);
    expect(await describeIds(ec2, withState('stopped'))).toEqual([]);
    await control('POST', 'faults', {});
    expect(await shown(ec2)).toMatchObject({
      State: { Name: 'stopped' },
      StateReason: { Code: 'Client.UserInitiatedShutdown' },
    });
  });

  it('shows a stop that has long been followed by a start, with the launch time from before', async () => {
    const { ec2, id, events } = await withOldAnswers('stopped');
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    await untilStates(events, ['pending', 'running']);
    expect(await shown(ec2)).toMatchObject({ State: { Name: 'stopped' }, LaunchTime: new Date(launchTime) });
  });

  it('does not show an instance that is younger, not by its id either', async () => {
    const { ec2, id, plant } = await withOldAnswers('running');
    const young = only(await plant({}));
    expect(await describeIds(ec2, {})).toEqual([id]);
    const byId = describeIds(ec2, { InstanceIds: [young] });
    await expect(byId).rejects.toMatchObject(refusal('InvalidInstanceID.NotFound'));
  });

  it('is given by DescribeInstances alone: what acts, and DescribeInstanceStatus, know how it is now', async () => {
    const { ec2, plant, events } = await withOldAnswers('running');
    const young = only(await plant({}));
    const status = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [young] }));
    expect(status.InstanceStatuses).toHaveLength(1);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [young] }));
    await untilStates(events, ['shutting-down', 'terminated']);
  });

  it('does not show what is hidden now', async () => {
    const { ec2, id, control } = await withOldAnswers('running');
    await control('POST', `instances/${id}/hide`);
    expect(await describeIds(ec2, {})).toEqual([]);
  });

  it.each([{ staleMs: -1 }, { staleMs: 'long' }, { empty: 1 }])('is refused as %j', async (faults) => {
    const { control } = await startTestEc2();
    expect(await control('POST', 'faults', faults)).toMatchObject({ status: 400 });
  });
});

describe('The past of an instance', () => {
  const running = () => addTo(newFleet());

  it('is told for every time: each condition until the moment at which it ended', () => {
    const instance = running();
    const since = { stateReason: undefined, stateTransitionReason: '', launchTime: new Date(0) };
    instance.createdAt = 50;
    instance.past = [
      { ...since, state: 'pending', endedAt: 100 },
      { ...since, state: 'stopped', endedAt: 200 },
    ];
    const stateAt = (time: number) => asOf(instance, time)?.state;
    expect([49, 50, 99, 100, 199, 200, 300].map(stateAt)).toEqual([
      undefined,
      'pending',
      'pending',
      'stopped',
      'stopped',
      'running',
      'running',
    ]);
  });

  it('is forgotten beyond its newest conditions', () => {
    const instance = running();
    for (let change = 0; change < 100; change++) {
      instance.stateTransitionReason = String(change);
      keepPast(instance);
    }
    expect(instance.past.map((condition) => condition.stateTransitionReason)).toEqual(
      Array.from({ length: 16 }, (_, index) => String(84 + index)),
    );
  });
});

describe('An account that has nothing, or a Region that is the wrong one', () => {
  const LaunchTemplate = { LaunchTemplateName: 'one' };
  async function withNothing() {
    const started = await startTestEc2({ launchTemplates: { 'lt-00000001': { name: 'one', versions: [{}] } } });
    const id = only(await started.plant({ tags: { 'muster:registry': 'r1' } }));
    await started.control('POST', 'faults', { empty: true });
    return { ...started, id };
  }

  it('names nothing in any description', async () => {
    const { ec2, id } = await withNothing();
    expect(await describeIds(ec2, {})).toEqual([]);
    expect(await describeIds(ec2, { Filters: [{ Name: 'tag:muster:registry', Values: ['r1'] }] })).toEqual([]);
    expect(await describeIds(ec2, { Filters: [{ Name: 'instance-id', Values: [id] }] })).toEqual([]);
    const byId = describeIds(ec2, { InstanceIds: [id] });
    await expect(byId).rejects.toMatchObject(refusal('InvalidInstanceID.NotFound'));
    expect((await ec2.send(new DescribeInstanceStatusCommand({}))).InstanceStatuses).toEqual([]);
    const versions = new DescribeLaunchTemplateVersionsCommand(LaunchTemplate);
    await expect(ec2.send(versions)).rejects.toMatchObject(refusal('InvalidLaunchTemplateName.NotFoundException'));
  });

  it('still carries out what acts, and shows everything again afterwards', async () => {
    const { ec2, id, control } = await withNothing();
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    const image = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1, LaunchTemplate };
    await ec2.send(new RunInstancesCommand(image));
    expect(await describeIds(ec2, {})).toEqual([]);
    await control('POST', 'faults', { empty: false });
    expect(await describeIds(ec2, {})).toHaveLength(2);
  });
});
