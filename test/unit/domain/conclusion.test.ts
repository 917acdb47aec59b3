import { describe, expect, it } from 'vitest';
import { EC2_OPERATIONS, type Ec2Operation, nextStatus, STATUSES, type Status } from '../../../lib/domain/status.ts';
import type { Standing } from '../../../lib/domain/sweep/argument.ts';
import { INSTANCE_STATES, type Inquiry, OUT_OF_TIME, STOPPED_BY_USER } from '../../../lib/domain/verdict.ts';
import { RESTART_POLICIES } from '../../../lib/domain/workspace.ts';
import {
  absence,
  argumentOn,
  conclusionOn,
  decisionOf,
  failed,
  NOT_NAMED,
  named,
  passes,
  standingOf,
} from './argued.ts';

describe('the conclusion', () => {
  it.each<[said: string, Status, Inquiry, Partial<Standing>]>([
    ['nothing would change: that is as it should be.', 'online', named('running'), {}],
    ['nothing would change: it is still booting.', 'provisioning', named('pending'), {}],
    ['nothing would change: its instance is not what ails it.', 'degraded', named('running'), {}],
    [
      'nothing would change: only its runtime’s own word, or an operator, brings it back.',
      'failed',
      named('running'),
      {},
    ],
    ['nothing would change: a sweep stops no instance.', 'paused', named('running'), {}],
    ['nothing would change: a sweep terminates no instance.', 'removed', named('running'), {}],
    [
      'the hold would end, since somebody has started it: it would be provisioning again, with a whole boot timeout to register in.',
      'offline',
      named('running'),
      { held: true },
    ],
    [
      'the hold would end, since somebody has started it: it would stay provisioning,',
      'provisioning',
      named('running'),
      { held: true },
    ],
    [
      'nothing would change: it is owed a start, which comes first.',
      'offline',
      named('running'),
      { held: true, owes: 'start' },
    ],
    [
      'nothing would change: a hold means nothing to a workspace that is paused.',
      'paused',
      named('running'),
      { held: true },
    ],
    ['it would go offline, unless it beats first, and a new instance', 'online', named('shutting-down'), {}],
    [
      'it would go offline; its restart policy is never, so it would stay so.',
      'online',
      named('terminated'),
      { restartPolicy: 'never' },
    ],
    ['it would go offline, unless it beats first, and be started again.', 'online', named('stopped'), {}],
    [
      'it would go offline, unless it beats first. EC2 calls that a user’s doing: if Muster asked for it, a start would follow; if a person did, it would be held, and not started again.',
      'online',
      named('stopped', STOPPED_BY_USER),
      {},
    ],
    [
      'it would go offline, unless it beats first; its restart policy is never, so it would stay so.',
      'degraded',
      named('stopping', STOPPED_BY_USER),
      { restartPolicy: 'never' },
    ],
    ['it would stay provisioning, unless it beats first, and be started again.', 'provisioning', named('stopped'), {}],
    [
      'it would stay provisioning, unless it beats first. EC2 calls that a user’s doing: if Muster asked for it, a start would follow; if a person did, it would be held, and not started again.',
      'provisioning',
      named('stopped', STOPPED_BY_USER),
      {},
    ],
    [
      'nothing would change: its restart policy is never.',
      'provisioning',
      named('stopped'),
      { restartPolicy: 'never' },
    ],
    ['nothing would change: it is owed a start already.', 'provisioning', named('stopped'), { owes: 'start' }],
    [
      'nothing would change: what a person has stopped is not started again.',
      'provisioning',
      named('stopped', STOPPED_BY_USER),
      { held: true },
    ],
    [
      'nothing would change: what a person has stopped is not started again.',
      'offline',
      named('stopped'),
      { held: true },
    ],
    ['nothing would change: for a workspace that is offline, a stop is no news.', 'offline', named('stopped'), {}],
    ['nothing would change: for a workspace that is paused, a stop is no news.', 'paused', named('stopped'), {}],
    [
      'nothing would change: its instance stays in its row until EC2 says that it is terminated.',
      'offline',
      named('shutting-down'),
      {},
    ],
    [
      'it would stay offline, without an instance, and a new one would be launched.',
      'offline',
      named('terminated'),
      {},
    ],
    [
      'it would stay offline, without an instance; it is owed a launch already.',
      'offline',
      named('terminated'),
      { owes: 'launch' },
    ],
    [
      'it would stay offline, without an instance; its restart policy is never, so it would stay so.',
      'offline',
      named('terminated'),
      { restartPolicy: 'never' },
    ],
    ['it would stay hibernated, without an instance.', 'hibernated', named('terminated'), {}],
    [
      'nothing would change: what is paused does not beat, so that EC2 does not name its instance proves nothing.',
      'paused',
      NOT_NAMED,
      {},
    ],
    [
      'it would stay provisioning, unless it beats first, and be started again.',
      'provisioning',
      named('stopped', 'Server.SpotInstanceShutdown'),
      { held: true },
    ],
    [
      'nothing would change: for a workspace that is paused, a stop is no news.',
      'paused',
      named('stopped'),
      { held: true },
    ],
  ])('is that %s (%s)', (said, status, inquiry, more) => {
    expect(conclusionOn(inquiry, { status, ...more })).toContain(`So ${said}`);
  });

  const inquiries: readonly Inquiry[] = [
    ...INSTANCE_STATES.flatMap((state) => [named(state), named(state, STOPPED_BY_USER)]),
    NOT_NAMED,
    failed('RequestLimitExceeded'),
    failed(OUT_OF_TIME),
  ];
  const owed: readonly (Ec2Operation | null)[] = [null, ...EC2_OPERATIONS];
  const cases = STATUSES.flatMap((status) =>
    inquiries.flatMap((inquiry) =>
      RESTART_POLICIES.flatMap((restartPolicy) =>
        owed.flatMap((owes) => [true, false].map((held) => ({ inquiry, more: { status, restartPolicy, owes, held } }))),
      ),
    ),
  );

  it('ends whole sentences, whatever the case', () => {
    for (const { inquiry, more } of cases) {
      const lines = argumentOn(inquiry, more, { ...absence(), braking: passes });
      for (const line of lines) expect(line).toMatch(/[.:]$/);
      expect(lines.join('\n')).not.toMatch(/null|undefined|NaN|\[object/);
      expect(lines.at(-1)).toMatch(/^So .*\.$/);
    }
  });

  it('takes offline exactly whom the status table does', () => {
    for (const { inquiry, more } of cases) {
      const decision = decisionOf(standingOf(more), inquiry);
      const event = decision.verdict === 'stopped' ? ('instance_stopped' as const) : ('instance_gone' as const);
      const isProof = ['stopped', 'gone', 'absent'].includes(decision.verdict);
      const isDue = isProof && nextStatus(event, more.status) === 'offline';
      const said = conclusionOn(inquiry, more, { ...absence(), braking: passes });
      expect(said?.includes('would go offline'), `${JSON.stringify(more)}: ${said}`).toBe(isDue);
    }
  });
});
