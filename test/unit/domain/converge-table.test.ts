import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../lib/domain/converge.ts';
import { decide } from '../../../lib/domain/converge.ts';
import type { Owing, Standing } from '../../../lib/domain/converge-table.ts';
import { CONVERGE_TABLE, STANDINGS } from '../../../lib/domain/converge-table.ts';
import type { OwedOperation } from '../../../lib/domain/operation.ts';
import type { Inquiry, InstanceState } from '../../../lib/domain/verdict.ts';
import { INSTANCE_STATES } from '../../../lib/domain/verdict.ts';
import { named, owing, POLICY } from './owed.ts';

const isState = (standing: Standing): standing is InstanceState =>
  INSTANCE_STATES.some((state: string) => state === standing);

/** The row and EC2's answer that stand so. */
function situation(operation: Owing, standing: Standing): [OwedOperation, Inquiry | undefined] {
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
  ['power_cycle', 'none', 'launch', 'nothing is left to start'],
  ['power_cycle', 'pending', 'wait', 'EC2 refuses to stop what is pending'],
  ['power_cycle', 'running', 'stop', 'EC2 moves it to another host only when it starts'],
  ['power_cycle', 'stopping', 'wait', 'EC2 refuses to start what is stopping'],
  ['power_cycle', 'stopped', 'start', 'a start is what is left'],
  ['power_cycle', 'shutting-down', 'launch', 'nothing is left to start'],
  ['power_cycle', 'terminated', 'launch', 'nothing is left to start'],
  ['power_cycle', 'absent', 'wait', 'an answer without its name proves nothing yet'],
  ['power_cycle', 'forgotten', 'launch', 'nothing is left to start'],
  ['power_cycle', 'unknown', 'wait', 'unknown changes nothing'],
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
] as const satisfies readonly (readonly [Owing, Standing, Decision, string])[];

describe('the table of converge', () => {
  it.each(CELLS)('owing %s with an instance that is %s: %s, since %s', (operation, standing, decision) => {
    expect(decide(...situation(operation, standing), POLICY)).toEqual({ decision, standing });
  });

  it('has each cell tested', () => {
    const all = Object.keys(CONVERGE_TABLE).flatMap((operation) =>
      STANDINGS.map((standing) => `${operation} ${standing}`),
    );
    expect(CELLS.map(([operation, standing]) => `${operation} ${standing}`)).toEqual(expect.arrayContaining(all));
    expect(CELLS).toHaveLength(all.length);
  });
});
