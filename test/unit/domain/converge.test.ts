import { describe, expect, it } from 'vitest';
import type { ConvergePolicy, Decision } from '../../../lib/domain/converge.ts';
import { decide, standingOf } from '../../../lib/domain/converge.ts';
import type { Standing } from '../../../lib/domain/converge-table.ts';
import { STANDINGS } from '../../../lib/domain/converge-table.ts';
import type { OwedOperation } from '../../../lib/domain/operation.ts';
import type { Ec2Operation } from '../../../lib/domain/status.ts';
import { EC2_OPERATIONS } from '../../../lib/domain/status.ts';
import type { Inquiry, InstanceState } from '../../../lib/domain/verdict.ts';
import { INSTANCE_STATES, STOPPED_BY_USER } from '../../../lib/domain/verdict.ts';

const OURS = '11111111-1111-4111-8111-111111111111';
const POLICY: ConvergePolicy = {
  maxAttempts: 5,
  forgottenSeconds: 300,
  forgottenEndedSeconds: 3600,
  hangingSeconds: 1200,
  leaseSeconds: 55,
  pollSeconds: 10,
  settleSeconds: 10,
};

const owing = (operation: Ec2Operation | null, over: Partial<OwedOperation> = {}): OwedOperation => ({
  workspaceId: '22222222-2222-4222-8222-222222222222',
  name: 'test',
  registryId: OURS,
  status: 'offline',
  generation: 1,
  tokenVersion: 1,
  operation,
  asked: false,
  agreed: false,
  attempts: 0,
  instanceId: 'i-1',
  stoppable: true,
  launch: { launch_template_id: 'lt-1' },
  absentSeconds: null,
  stoppingSeconds: null,
  previousInstanceId: null,
  previousAbsentSeconds: null,
  ...over,
});

const named = (state: InstanceState, registryId: string | null = OURS): Inquiry => ({
  kind: 'named',
  observation: { instanceId: 'i-1', state, reasonCode: null, zone: null, registryId },
});

const stoppedByUser = (state: InstanceState): Inquiry => ({
  kind: 'named',
  observation: { instanceId: 'i-1', state, reasonCode: STOPPED_BY_USER, zone: null, registryId: OURS },
});

const isState = (standing: Standing): standing is InstanceState =>
  INSTANCE_STATES.some((state: string) => state === standing);

/** The row and EC2's answer that stand so. */
function situation(operation: Ec2Operation, standing: Standing): [OwedOperation, Inquiry | undefined] {
  if (isState(standing)) return [owing(operation), named(standing)];
  const situations = {
    none: [owing(operation, { instanceId: null }), undefined],
    absent: [owing(operation, { absentSeconds: 299 }), { kind: 'not_named' }],
    forgotten: [owing(operation, { absentSeconds: 3600 }), { kind: 'not_named' }],
    unknown: [owing(operation), { kind: 'failed', error: 'Unavailable' }],
  } as const satisfies Record<Exclude<Standing, InstanceState>, readonly [OwedOperation, Inquiry | undefined]>;
  return [...situations[standing]];
}

const CELLS = [
  ['launch', 'none', 'launch', 'nothing is there'],
  ['launch', 'pending', 'launch', 'the old one is superseded'],
  ['launch', 'running', 'launch', 'the old one is superseded'],
  ['launch', 'stopping', 'launch', 'the old one is superseded'],
  ['launch', 'stopped', 'launch', 'the old one is superseded'],
  ['launch', 'shutting-down', 'launch', 'the old one is going'],
  ['launch', 'terminated', 'launch', 'the old one is gone'],
  ['launch', 'absent', 'launch', 'whether the old one is there does not matter'],
  ['launch', 'forgotten', 'launch', 'the old one is gone'],
  ['launch', 'unknown', 'wait', 'EC2 could not be asked, so it cannot launch either'],
  ['start', 'none', 'launch', 'nothing is left to start'],
  ['start', 'pending', 'done', 'somebody started it'],
  ['start', 'running', 'done', 'somebody started it'],
  ['start', 'stopping', 'wait', 'EC2 refuses to start what is stopping'],
  ['start', 'stopped', 'start', 'this is what is owed'],
  ['start', 'shutting-down', 'launch', 'nothing is left to start'],
  ['start', 'terminated', 'launch', 'nothing is left to start'],
  ['start', 'absent', 'wait', 'an answer without its name proves nothing yet'],
  ['start', 'forgotten', 'launch', 'nothing is left to start'],
  ['start', 'unknown', 'wait', 'unknown changes nothing'],
  ['reboot', 'none', 'launch', 'nothing is left to reboot'],
  ['reboot', 'pending', 'wait', 'it is booting'],
  ['reboot', 'running', 'reboot', 'this is what is owed'],
  ['reboot', 'stopping', 'wait', 'it is started when it has stopped'],
  ['reboot', 'stopped', 'start', 'a stopped one boots by a start'],
  ['reboot', 'shutting-down', 'launch', 'nothing is left to reboot'],
  ['reboot', 'terminated', 'launch', 'nothing is left to reboot'],
  ['reboot', 'absent', 'wait', 'an answer without its name proves nothing yet'],
  ['reboot', 'forgotten', 'launch', 'nothing is left to reboot'],
  ['reboot', 'unknown', 'wait', 'unknown changes nothing'],
  ['stop', 'none', 'done', 'nothing runs'],
  ['stop', 'pending', 'wait', 'EC2 refuses to stop what is pending'],
  ['stop', 'running', 'stop', 'this is what is owed'],
  ['stop', 'stopping', 'wait', 'until EC2 shows it stopped'],
  ['stop', 'stopped', 'done', 'EC2 shows it'],
  ['stop', 'shutting-down', 'wait', 'until it is gone'],
  ['stop', 'terminated', 'forget', 'it is no more, and resume must launch'],
  ['stop', 'absent', 'wait', 'an answer without its name proves nothing yet'],
  ['stop', 'forgotten', 'forget', 'it is no more'],
  ['stop', 'unknown', 'wait', 'unknown changes nothing'],
  ['terminate', 'none', 'done', 'nothing is left'],
  ['terminate', 'pending', 'terminate', 'this is what is owed'],
  ['terminate', 'running', 'terminate', 'this is what is owed'],
  ['terminate', 'stopping', 'terminate', 'this is what is owed'],
  ['terminate', 'stopped', 'terminate', 'this is what is owed'],
  ['terminate', 'shutting-down', 'wait', 'until EC2 shows it terminated'],
  ['terminate', 'terminated', 'forget', 'EC2 shows it'],
  ['terminate', 'absent', 'wait', 'the row keeps it until EC2 has forgotten it for an hour'],
  ['terminate', 'forgotten', 'forget', 'EC2 has forgotten it for an hour'],
  ['terminate', 'unknown', 'wait', 'unknown changes nothing'],
] as const satisfies readonly (readonly [Ec2Operation, Standing, Decision, string])[];

describe('the table of converge', () => {
  it.each(CELLS)('owing %s with an instance that is %s: %s, since %s', (operation, standing, decision) => {
    expect(decide(...situation(operation, standing), POLICY)).toEqual({ decision, standing });
  });

  it('has each cell tested', () => {
    const all = EC2_OPERATIONS.flatMap((operation) => STANDINGS.map((standing) => `${operation} ${standing}`));
    expect(CELLS.map(([operation, standing]) => `${operation} ${standing}`)).toEqual(expect.arrayContaining(all));
    expect(CELLS).toHaveLength(all.length);
  });
});

describe('what is not in the table', () => {
  it.each([
    ['a stop of what cannot be stopped ends it', 'stop', { stoppable: false }, named('running'), 'terminate'],
    ['a reboot that EC2 agreed to is waited for', 'reboot', { asked: true, agreed: true }, named('running'), 'wait'],
    ['a reboot of which EC2 said nothing is asked again', 'reboot', { asked: true }, named('running'), 'reboot'],
    ['a fifth attempt is made', 'launch', { attempts: 4 }, named('running'), 'launch'],
    ['a sixth launch is not', 'launch', { attempts: 5 }, named('running'), 'give_up'],
    ['a sixth start is not', 'start', { attempts: 5 }, named('stopped'), 'give_up'],
    ['a sixth reboot is not', 'reboot', { attempts: 5 }, named('running'), 'give_up'],
    ['a stop is asked for ever', 'stop', { attempts: 9 }, named('running'), 'stop'],
    ['an end is asked for ever', 'terminate', { attempts: 9 }, named('running'), 'terminate'],
    [
      'a launch that is under way is brought to its end',
      'launch',
      { attempts: 5, asked: true, instanceId: null },
      undefined,
      'launch',
    ],
    ['a superseded one is ended before the next', 'launch', { previousInstanceId: 'i-0' }, named('running'), 'wait'],
    [
      'a superseded one does not keep what is gone from being launched',
      'launch',
      { previousInstanceId: 'i-0', instanceId: null },
      undefined,
      'launch',
    ],
    [
      'what hangs in stopping is launched where it is to start',
      'start',
      { stoppingSeconds: 1200 },
      named('stopping'),
      'launch',
    ],
    ['what stops is waited for', 'start', { stoppingSeconds: 1199 }, named('stopping'), 'wait'],
    [
      'what hangs in stopping is launched where it is to boot',
      'reboot',
      { stoppingSeconds: 1200 },
      named('stopping'),
      'launch',
    ],
    [
      'what hangs in stopping is stopped as well as it can be',
      'stop',
      { stoppingSeconds: 9999 },
      named('stopping'),
      'wait',
    ],
    [
      'what has started and stopped again is given time',
      'start',
      { asked: true, agreed: true },
      named('stopped'),
      'back_off',
    ],
    [
      'a person who stops what reboots is not fought',
      'reboot',
      { asked: true, agreed: true },
      stoppedByUser('stopped'),
      'hold',
    ],
    ['nor one who is just stopping it', 'reboot', { asked: true, agreed: true }, stoppedByUser('stopping'), 'hold'],
    [
      'a reboot that finds it stopped by a person is what the operator wants',
      'reboot',
      {},
      stoppedByUser('stopped'),
      'start',
    ],
    ['what is not ours is not stopped', 'stop', {}, named('running', 'another'), 'forget'],
    ['nor ended because it cannot be stopped', 'stop', { stoppable: false }, named('running', null), 'forget'],
    ['what is not ours is not started but replaced', 'start', {}, named('stopped', null), 'launch'],
    ['nor rebooted', 'reboot', {}, named('running', null), 'launch'],
    ['what is not ours is not ended', 'terminate', {}, named('running', 'another'), 'forget'],
    ['what bears no tag is not ended', 'terminate', {}, named('running', null), 'forget'],
    ['where nothing is due nothing is done', null, {}, named('running'), 'wait'],
  ] as const)('%s', (_, operation, over, inquiry, decision) => {
    expect(decide(owing(operation, over), inquiry, POLICY).decision).toBe(decision);
  });

  it.each([
    ['stop', 299, 'absent'],
    ['stop', 300, 'forgotten'],
    ['terminate', 3599, 'absent'],
    ['terminate', 3600, 'forgotten'],
    ['start', null, 'absent'],
  ] as const)('owing %s, an instance that EC2 has not named for %s s is %s', (operation, seconds, standing) => {
    expect(standingOf({ kind: 'not_named' }, operation, seconds, POLICY)).toBe(standing);
  });
});
