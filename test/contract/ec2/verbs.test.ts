import { describe, expect, it } from 'vitest';
import { endless, planted, refusal } from './start.ts';
import { describeOne, verbs } from './verbs.ts';

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

  it.each(
    (['start', 'stop', 'reboot', 'terminate'] as const).flatMap((verb) => [
      [verb, 'unknown', 'i-0fedcba9876543210', 'InvalidInstanceID.NotFound'] as const,
      [verb, 'malformed', 'i-x', 'InvalidInstanceID.Malformed'] as const,
    ]),
  )('%s, with one %s id: nothing happens to any', async (verb, _what, bad, name) => {
    const { ec2, id, plant, events } = await planted('running');
    const [stopped = ''] = await plant({ state: 'stopped' });
    const good = verb === 'start' ? stopped : id;
    await expect(verbs[verb](ec2, [good, bad])).rejects.toMatchObject(refusal(name));
    expect(events).toEqual([]);
  });

  it('terminate, with one terminated already: is done for the others, and answers for each', async () => {
    const { ec2, id, plant, events } = await planted('terminated', { timings: endless });
    const [running = ''] = await plant({});
    const [before, now] = await verbs.terminate(ec2, [running, id]).then((changes = []) => changes);
    expect(before).toMatchObject({ InstanceId: id, CurrentState: { Name: 'terminated' } });
    expect(now).toMatchObject({ InstanceId: running, CurrentState: { Name: 'shutting-down' } });
    expect(events.map(({ detail }) => detail['instance-id'])).toEqual([running]);
  });
});
