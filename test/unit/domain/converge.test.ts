import { describe, expect, it } from 'vitest';
import { decide, standingOf } from '../../../lib/domain/converge.ts';
import { named, owing, POLICY, stoppedByUser } from './owed.ts';

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

describe('a power cycle that is owed, where the table does not say it,', () => {
  it.each([
    [
      'what hangs in stopping is launched where its power is cycled',
      'power_cycle',
      { stopAsked: true, stoppingSeconds: 1200 },
      named('stopping'),
      'launch',
    ],
    [
      'our own stop within a power cycle is not a person’s',
      'power_cycle',
      { stopAsked: true },
      stoppedByUser('stopped'),
      'start',
    ],
    ['nor is it while it stops', 'power_cycle', { stopAsked: true }, stoppedByUser('stopping'), 'wait'],
    ['a person who stopped it before us is not fought', 'power_cycle', {}, stoppedByUser('stopped'), 'hold'],
    ['nor one who is just stopping it', 'power_cycle', {}, stoppedByUser('stopping'), 'hold'],
    ['what runs again after a stop by a person is stopped', 'power_cycle', {}, stoppedByUser('running'), 'stop'],
    ['a sixth power cycle is not begun', 'power_cycle', { attempts: 5 }, named('running'), 'give_up'],
    [
      'nor where it is found stopped by itself, which begins with its start',
      'power_cycle',
      { attempts: 5 },
      named('stopped'),
      'give_up',
    ],
    [
      'a power cycle whose stop was the fifth attempt comes to its start',
      'power_cycle',
      { attempts: 5, stopAsked: true },
      named('stopped'),
      'start',
    ],
    [
      'its stop is not asked for a sixth time',
      'power_cycle',
      { attempts: 5, stopAsked: true },
      named('running'),
      'give_up',
    ],
    [
      'what cannot be stopped is launched where its power is to be cycled',
      'power_cycle',
      { stoppable: false },
      named('running'),
      'launch',
    ],
    ['but not a sixth time', 'power_cycle', { stoppable: false, attempts: 5 }, named('running'), 'give_up'],
    [
      'nor before the superseded one is ended',
      'power_cycle',
      { stoppable: false, previousInstanceId: 'i-0' },
      named('running'),
      'wait',
    ],
    ['what is not ours is not stopped to be started', 'power_cycle', {}, named('running', 'another'), 'launch'],
    ['nor started', 'power_cycle', { stopAsked: true }, named('stopped', null), 'launch'],
  ] as const)('%s', (_, operation, over, inquiry, decision) => {
    expect(decide(owing(operation, over), inquiry, POLICY).decision).toBe(decision);
  });
});
