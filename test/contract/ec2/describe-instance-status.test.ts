import {
  DescribeInstanceStatusCommand,
  paginateDescribeInstanceStatus,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { only, planted, refusal, startTestEc2, untilStates } from './start.ts';

describe('DescribeInstanceStatus', () => {
  it('shows running instances, ok, and the others only when asked for all', async () => {
    const { ec2, id, plant } = await planted('running');
    const stopped = only(await plant({ state: 'stopped' }));
    const running = await ec2.send(new DescribeInstanceStatusCommand({}));
    expect(running.InstanceStatuses).toMatchObject([
      {
        InstanceId: id,
        InstanceState: { Code: 16, Name: 'running' },
        SystemStatus: { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] },
        InstanceStatus: { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] },
      },
    ]);
    const all = await ec2.send(
      new DescribeInstanceStatusCommand({ IncludeAllInstances: true, InstanceIds: [stopped] }),
    );
    expect(all.InstanceStatuses).toMatchObject([
      { InstanceId: stopped, SystemStatus: { Status: 'not-applicable' }, InstanceStatus: { Status: 'not-applicable' } },
    ]);
  });

  it('shows, and filters by, an impairment that was made by the control route', async () => {
    const { ec2, id, control } = await planted('running');
    await control('POST', 'instances', { count: 2 });
    await control('POST', `instances/${id}/health`, { system: 'impaired' });
    const Filters = [{ Name: 'system-status.status', Values: ['impaired'] }];
    const answer = await ec2.send(new DescribeInstanceStatusCommand({ Filters }));
    expect(answer.InstanceStatuses).toMatchObject([
      {
        InstanceId: id,
        SystemStatus: { Status: 'impaired', Details: [{ Name: 'reachability', Status: 'failed' }] },
        InstanceStatus: { Status: 'ok' },
      },
    ]);
  });

  it('shows no impairment any more once the instance was stopped and started', async () => {
    const { ec2, id, control, events } = await planted('running');
    await control('POST', `instances/${id}/health`, { system: 'impaired', instance: 'impaired' });
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    await untilStates(events, ['stopping', 'stopped']);
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    await untilStates(events, ['stopping', 'stopped', 'pending', 'running']);
    const answer = await ec2.send(new DescribeInstanceStatusCommand({}));
    expect(answer.InstanceStatuses).toMatchObject([
      { InstanceId: id, SystemStatus: { Status: 'ok' }, InstanceStatus: { Status: 'ok' } },
    ]);
  });

  const shownBy = async (started: Awaited<ReturnType<typeof planted>>, Name: string, value: string) => {
    const input = { Filters: [{ Name, Values: [value] }], IncludeAllInstances: true };
    const { InstanceStatuses = [] } = await started.ec2.send(new DescribeInstanceStatusCommand(input));
    return InstanceStatuses.map((status) => status.InstanceId);
  };

  it.each([
    ['availability-zone', 'us-east-1b', 'us-east-1a'],
    ['instance-state-name', 'running', 'stopped'],
    ['system-status.status', 'impaired', 'insufficient-data'],
    ['system-status.reachability', 'failed', 'insufficient-data'],
    ['instance-status.status', 'initializing', 'ok'],
    ['instance-status.reachability', 'initializing', 'passed'],
  ])('filters by %s', async (name, value, other) => {
    const started = await planted('stopped');
    const id = only(await started.plant({ zone: 'us-east-1b' }));
    const { system, instance } = { system: 'impaired', instance: 'initializing' };
    await started.control('POST', `instances/${id}/health`, { system, instance });
    expect(await shownBy(started, name, value)).toEqual([id]);
    expect(await shownBy(started, name, other)).not.toContain(id);
  });

  it('has no reachability to filter by for what does not run', async () => {
    const started = await planted('stopped');
    expect(await shownBy(started, 'system-status.reachability', '*')).toEqual([]);
    expect(await shownBy(started, 'system-status.status', 'not-applicable')).toEqual([started.id]);
  });

  it('takes 100 ids in a call, and refuses more in EC2’s words', async () => {
    const { ec2, plant } = await startTestEc2();
    const ids = await plant({ count: 101 });
    const status = (InstanceIds: string[]) => ec2.send(new DescribeInstanceStatusCommand({ InstanceIds }));
    expect((await status(ids.slice(1))).InstanceStatuses).toHaveLength(100);
    await expect(status(ids)).rejects.toMatchObject(
      refusal('InvalidRequest', /^101 exceeds the maximum number of instance IDs that can be specificied \(100\)\./),
    );
  });

  it('comes in pages too', async () => {
    const { ec2, plant } = await startTestEc2();
    const ids = await plant({ count: 7 });
    const shown: (string | undefined)[] = [];
    for await (const page of paginateDescribeInstanceStatus({ client: ec2 }, { MaxResults: 5 })) {
      shown.push(...(page.InstanceStatuses ?? []).map((status) => status.InstanceId));
    }
    expect(shown).toEqual(ids);
  });

  it.each([
    [{ InstanceIds: ['i-0fedcba9876543210'] }, 'InvalidInstanceID.NotFound'],
    [{ InstanceIds: ['i-0fedcba9876543210'], MaxResults: 5 }, 'InvalidParameterCombination'],
    [{ Filters: [{ Name: 'tag:x', Values: ['y'] }] }, 'InvalidParameterValue'],
    [{ Filters: [{ Name: 'instance-id', Values: ['i-0fedcba9876543210'] }] }, 'InvalidParameterValue'],
    [{ MaxResults: 4 }, 'InvalidParameterValue'],
    [{ MaxResults: 1001 }, 'InvalidParameterValue'],
  ])('refuses %j', async (input, name) => {
    const { ec2 } = await startTestEc2();
    await expect(ec2.send(new DescribeInstanceStatusCommand(input))).rejects.toMatchObject(refusal(name));
  });
});
