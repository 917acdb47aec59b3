import { describe, expect, it, vi } from 'vitest';
import { eventually, planted, quick, refusal, startTestEc2, untilStates } from './start.ts';
import { describeOne, launchOne, verbs } from './verbs.ts';

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
