import type { InstanceOperation } from './operation.ts';
import type { Ec2Operation } from './status.ts';

/**
 * How the instance of an owed operation stands: there is none, what EC2 calls it, EC2 does not name it (absent), has not
 * named it for so long that it is no more (forgotten), or could not be asked.
 */
export const STANDINGS = [
  'none',
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
  'absent',
  'forgotten',
  'unknown',
] as const;

export type Standing = (typeof STANDINGS)[number];

/** wait: ask again later. done: EC2 shows what is owed. forget: done, and the row loses its instance. */
export type ConvergeAction = 'wait' | 'done' | 'forget' | 'launch' | InstanceOperation;

/** What can be owed, as the table has it: a start that is a power cycle stops first what runs. */
export type Owing = Ec2Operation | 'power_cycle';

/**
 * What is done for each owed operation, as its instance stands. EC2 refuses to stop what is pending and to start what
 * is stopping, so these wait; what is gone cannot be started or rebooted, so it is launched; an answer that EC2 could
 * not give changes nothing. Where nothing is there, nothing has to be stopped or ended: an instance that a lost launch
 * left behind is the orphan sweep's, which finds it by its tags.
 */
export const CONVERGE_TABLE = {
  launch: {
    none: 'launch',
    pending: 'launch',
    running: 'launch',
    stopping: 'launch',
    stopped: 'launch',
    'shutting-down': 'launch',
    terminated: 'launch',
    absent: 'launch',
    forgotten: 'launch',
    unknown: 'wait',
  },
  start: {
    none: 'launch',
    pending: 'done',
    running: 'done',
    stopping: 'wait',
    stopped: 'start',
    'shutting-down': 'launch',
    terminated: 'launch',
    absent: 'wait',
    forgotten: 'launch',
    unknown: 'wait',
  },
  power_cycle: {
    none: 'launch',
    pending: 'wait',
    running: 'stop',
    stopping: 'wait',
    stopped: 'start',
    'shutting-down': 'launch',
    terminated: 'launch',
    absent: 'wait',
    forgotten: 'launch',
    unknown: 'wait',
  },
  reboot: {
    none: 'launch',
    pending: 'wait',
    running: 'reboot',
    stopping: 'wait',
    stopped: 'start',
    'shutting-down': 'launch',
    terminated: 'launch',
    absent: 'wait',
    forgotten: 'launch',
    unknown: 'wait',
  },
  stop: {
    none: 'done',
    pending: 'wait',
    running: 'stop',
    stopping: 'wait',
    stopped: 'done',
    'shutting-down': 'wait',
    terminated: 'forget',
    absent: 'wait',
    forgotten: 'forget',
    unknown: 'wait',
  },
  terminate: {
    none: 'done',
    pending: 'terminate',
    running: 'terminate',
    stopping: 'terminate',
    stopped: 'terminate',
    'shutting-down': 'wait',
    terminated: 'forget',
    absent: 'wait',
    forgotten: 'forget',
    unknown: 'wait',
  },
} as const satisfies Record<Owing, Record<Standing, ConvergeAction>>;
