import {
  DescribeInstancesCommand,
  type EC2Client,
  RebootInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it, vi } from 'vitest';
import { endless, eventually, only, planted, quick, refusal, startTestEc2, untilStates } from './start.ts';

const byId = (InstanceIds: string[]) => ({ InstanceIds });
const verbs = {
  start: async (ec2: EC2Client, ids: string[]) =>
    (await ec2.send(new StartInstancesCommand(byId(ids)))).StartingInstances,
  stop: async (ec2: EC2Client, ids: string[]) =>
    (await ec2.send(new StopInstancesCommand(byId(ids)))).StoppingInstances,
  terminate: async (ec2: EC2Client, ids: string[]) =>
    (await ec2.send(new TerminateInstancesCommand(byId(ids)))).TerminatingInstances,
  reboot: async (ec2: EC2Client, ids: string[]) => {
    await ec2.send(new RebootInstancesCommand(byId(ids)));
    return [];
  },
};

async function describeOne(ec2: EC2Client, id: string) {
  return only(only((await ec2.send(new DescribeInstancesCommand(byId([id])))).Reservations).Instances);
}

async function launchOne(ec2: EC2Client, spot?: 'one-time' | 'persistent'): Promise<string> {
  const market = { MarketType: 'spot', SpotOptions: { SpotInstanceType: spot } } as const;
  const options = spot === undefined ? {} : { InstanceMarketOptions: market };
  const input = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1, ...options };
  return only((await ec2.send(new RunInstancesCommand(input))).Instances).InstanceId ?? '';
}

describe('An instance', () => {
  it('goes through its life with an event for each state, each a whole EventBridge document', async () => {
    const { ec2, events } = await startTestEc2({ region: 'eu-west-1' });
    const id = await launchOne(ec2);
    await untilStates(events, ['pending', 'running']);
    await verbs.stop(ec2, [id]);
    await untilStates(events, ['pending', 'running', 'stopping', 'stopped']);
    await verbs.start(ec2, [id]);
    await untilStates(events, ['pending', 'running', 'stopping', 'stopped', 'pending', 'running']);
    await verbs.terminate(ec2, [id]);
    const end = ['shutting-down', 'terminated'];
    await untilStates(events, ['pending', 'running', 'stopping', 'stopped', 'pending', 'running', ...end]);
    expect(events[0]).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'EC2 Instance State-change Notification',
      source: 'aws.ec2',
      account: '123456789012',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'eu-west-1',
      resources: [`arn:aws:ec2:eu-west-1:123456789012:instance/${id}`],
      detail: { 'instance-id': id, state: 'pending' },
    });
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
  });

  it('has a new launch time after a start, and no reason left of the stop', async () => {
    const { ec2, events } = await startTestEc2();
    const id = await launchOne(ec2);
    await untilStates(events, ['pending', 'running']);
    const first = await describeOne(ec2, id);
    expect(first).not.toHaveProperty('StateReason');
    await verbs.stop(ec2, [id]);
    await untilStates(events, ['pending', 'running', 'stopping', 'stopped']);
    await verbs.start(ec2, [id]);
    const again = await describeOne(ec2, id);
    expect(again.LaunchTime?.getTime()).toBeGreaterThan(first.LaunchTime?.getTime() ?? Number.NaN);
    expect(again.StateTransitionReason).toBe('');
    expect(again.StateReason?.Code).not.toBe('Client.UserInitiatedShutdown');
  });

  it.each(['stop', 'terminate'] as const)(
    'tells after a %s by the API that a user asked for it, and when',
    async (verb) => {
      const { ec2, id } = await planted('running');
      await verbs[verb](ec2, [id]);
      expect(await describeOne(ec2, id)).toMatchObject({
        StateReason: {
          Code: 'Client.UserInitiatedShutdown',
          Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
        },
        StateTransitionReason: expect.stringMatching(/^User initiated \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT\)$/),
      });
    },
  );

  it('is still described for a while after it terminated, without its address, and then does not exist', async () => {
    const { ec2, id } = await planted('running', { timings: { ...quick, terminatedVisibleMs: 800 } });
    await verbs.terminate(ec2, [id]);
    await eventually(async () => {
      const instance = await describeOne(ec2, id);
      expect(instance.State?.Name).toBe('terminated');
      expect(instance).not.toHaveProperty('PrivateIpAddress');
    });
    await eventually(() => expect(describeOne(ec2, id)).rejects.toMatchObject(refusal('InvalidInstanceID.NotFound')));
    await expect(verbs.terminate(ec2, [id])).rejects.toMatchObject(refusal('InvalidInstanceID.NotFound'));
  });

  it('outlives a receiver of events that fails', async () => {
    const seen: string[] = [];
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {});
    const onStateChange = async ({ detail }: { detail: { state: string } }) => {
      seen.push(detail.state);
      throw new Error('the receiver is down');
    };
    const { ec2 } = await startTestEc2({ onStateChange });
    await launchOne(ec2);
    await eventually(() => expect(seen).toEqual(['pending', 'running']));
    expect(reported).toHaveBeenCalledWith('EC2 server:', expect.objectContaining({ message: 'the receiver is down' }));
    reported.mockRestore();
  });
});

describe('A verb in a state', () => {
  it.each([
    ['start', 'stopped', 'pending'],
    ['start', 'pending', 'pending'],
    ['start', 'running', 'running'],
    ['stop', 'running', 'stopping'],
    ['stop', 'stopping', 'stopping'],
    ['stop', 'stopped', 'stopped'],
    ['terminate', 'pending', 'shutting-down'],
    ['terminate', 'running', 'shutting-down'],
    ['terminate', 'stopping', 'shutting-down'],
    ['terminate', 'stopped', 'shutting-down'],
    ['terminate', 'shutting-down', 'shutting-down'],
    ['terminate', 'terminated', 'terminated'],
  ] as const)('%s, %s: answers with that and %s', async (verb, before, after) => {
    const { ec2, id } = await planted(before, { timings: endless });
    expect(await verbs[verb](ec2, [id])).toMatchObject([
      { InstanceId: id, PreviousState: { Name: before }, CurrentState: { Name: after } },
    ]);
    expect((await describeOne(ec2, id)).State?.Name).toBe(after);
  });

  it.each([
    ['start', 'stopping', /^The instance 'ID' is not in a state from which it can be started\.$/],
    ['start', 'shutting-down', /^The instance 'ID' is not in a state from which it can be started\.$/],
    ['start', 'terminated', /^The instance 'ID' is not in a state from which it can be started\.$/],
    ['stop', 'pending', /^Instance 'ID' cannot be stopped as it has never reached the 'running' state\.$/],
    ['stop', 'shutting-down', /^This instance 'ID' is not in a state from which it can be stopped\.$/],
    ['stop', 'terminated', /^This instance 'ID' is not in a state from which it can be stopped\.$/],
    ['reboot', 'pending', /^The instance 'ID' is not in the 'running' state\.$/],
    ['reboot', 'stopping', /^The instance 'ID' is not in the 'running' state\.$/],
    ['reboot', 'stopped', /^The instance 'ID' is not in the 'running' state\.$/],
  ] as const)(
    '%s, %s: IncorrectInstanceState, and no other instance of the call is touched',
    async (verb, state, message) => {
      const { ec2, id, plant, events } = await planted(state);
      const good = await plant({ state: verb === 'start' ? 'stopped' : 'running' });
      const expected = new RegExp(message.source.replace('ID', id));
      await expect(verbs[verb](ec2, [...good, id])).rejects.toMatchObject(refusal('IncorrectInstanceState', expected));
      expect(events).toEqual([]);
    },
  );

  it.each(['shutting-down', 'terminated'])('reboot, %s: is ignored', async (state) => {
    const { ec2, id } = await planted(state);
    await expect(verbs.reboot(ec2, [id])).resolves.toEqual([]);
  });

  it.each(['start', 'stop', 'reboot', 'terminate'] as const)(
    '%s, with one unknown id: nothing happens to any',
    async (verb) => {
      const { ec2, id, events } = await planted('running');
      await expect(verbs[verb](ec2, [id, 'i-0fedcba9876543210'])).rejects.toMatchObject(
        refusal('InvalidInstanceID.NotFound'),
      );
      expect(events).toEqual([]);
    },
  );

  it('stop, a one-time Spot Instance: UnsupportedOperation', async () => {
    const { ec2, events } = await startTestEc2();
    const id = await launchOne(ec2, 'one-time');
    await untilStates(events, ['pending', 'running']);
    expect(await describeOne(ec2, id)).toMatchObject({ InstanceLifecycle: 'spot' });
    await expect(verbs.stop(ec2, [id])).rejects.toMatchObject(
      refusal('UnsupportedOperation', /one-time Spot Instance/),
    );
  });

  it('stop, a persistent Spot Instance: is done', async () => {
    const { ec2, events } = await startTestEc2();
    const id = await launchOne(ec2, 'persistent');
    await untilStates(events, ['pending', 'running']);
    await verbs.stop(ec2, [id]);
    await untilStates(events, ['pending', 'running', 'stopping', 'stopped']);
  });
});
