import { describe, expect, it } from 'vitest';
import { type AbsenceFacts, LACKS } from '../../../lib/domain/sweep/absence.ts';
import { argue, type Standing } from '../../../lib/domain/sweep/argument.ts';
import { OUT_OF_TIME } from '../../../lib/domain/verdict.ts';
import {
  absence,
  argumentOn,
  conclusionOn,
  failed,
  id,
  instanceId,
  NOT_NAMED,
  named,
  passes,
  standingOf,
} from './argued.ts';

describe('the argument', () => {
  it('begins with the workspace, its instance and its heartbeats, and tells what EC2 said', () => {
    expect(argumentOn(named('terminated', 'Server.SpotInstanceTermination'))).toEqual([
      `shop (${id}) has been online for 46 min, since 2026-11-21T12:00:00Z (register).`,
      `Its instance is ${instanceId} in us-east-1a, generation 2, launched 2026-11-21T11:58:00Z.`,
      'Its last heartbeat came 6 min 40 s ago; its lease ran out 3 min 40 s ago.',
      `EC2 was asked for ${instanceId} by its id at 2026-11-21T12:46:00Z, and called it terminated (Server.SpotInstanceTermination): proof that it is gone.`,
      'So it would go offline, and a new instance would be launched in its place.',
    ]);
  });

  it.each<[Partial<Standing>, number, string]>([
    [{ zone: null, launchedAt: null }, 1, `Its instance is ${instanceId}, generation 2.`],
    [{ owes: 'terminate' }, 1, 'launched 2026-11-21T11:58:00Z; it is owed its termination.'],
    [{ held: true }, 1, '; a person has stopped it, so it is held, and not started again.'],
    [{ silentSeconds: null, leaseSeconds: null }, 2, 'It has not sent a heartbeat in this generation.'],
    [{ silentSeconds: 5, leaseSeconds: 130.2 }, 2, 'Its last heartbeat came 5 s ago; its lease has 2 min 11 s left.'],
  ])('tells of %j', (more, line, text) => {
    expect(argumentOn(named('running'), more)[line]).toContain(text);
  });

  it.each<[Partial<Standing>, string]>([
    [{ owes: 'launch' }, 'It has no instance; its generation is 2; it is owed a launch.'],
    [{ external: true }, 'It is external: its machine is not ours.'],
  ])('without an instance there is nothing to ask EC2: %j', (more, text) => {
    const standing = standingOf({ ...more, instanceId: null, zone: null });
    const lines = argue({ standing, decision: null, absence: null, braking: null });
    expect(lines).toHaveLength(4);
    expect(lines[1]).toBe(text);
    expect(lines[3]).toBe('So there is nothing to ask EC2 about it: nothing would change.');
  });

  it.each([
    [failed('UnauthorizedOperation'), /, and that failed \(UnauthorizedOperation\)\.$/],
    [failed(OUT_OF_TIME), /^There was no time to ask EC2 for i-0123456789abcdef0\.$/],
  ])('never takes for an answer what is none: %j', (inquiry, said) => {
    const lines = argumentOn(inquiry);
    expect(lines.at(-2)).toMatch(said);
    expect(lines.at(-1)).toBe('So nothing would change: what is not known is no proof, and the next sweep asks again.');
  });
});

describe('an absence', () => {
  it('is argued part by part, and passes the brake', () => {
    expect(argumentOn(NOT_NAMED, {}, { ...absence(), braking: passes }).slice(3)).toEqual([
      `EC2 was asked for ${instanceId} by its id at 2026-11-21T12:46:00Z, and answered without naming it.`,
      'One such answer proves nothing; an absence is a proof when all of this holds:',
      '  yes: EC2 may not know a new instance yet, so 10 min have to be over since it was launched or booted: it was 48 min ago.',
      '  yes: 3 sweeps in a row have to miss it, with no heartbeat since the first: with this one it is 4.',
      '  yes: they have to span 5 min: they span 5 min 1 s.',
      '  yes: its lease has to be over: it is.',
      '  yes: no grace may be on, as after an outage of our own: none is.',
      'Very many at once are more likely a mistake than deaths, so a sweep lets at most 2 of 12 in us-east-1a and 3 of 30 in the fleet go for being absent, the longest absent first; this one passes.',
      'So it would go offline, unless it beats first, and a new instance would be launched in its place.',
    ]);
  });

  it.each<[(typeof LACKS)[number], Partial<AbsenceFacts>, string]>([
    ['age', { ageSeconds: 599.9 }, 'it was 9 min 59 s ago'],
    ['cycles', { cycles: 2 }, 'with this one it is 2'],
    ['duration', { missingSeconds: 299.9 }, 'they span 4 min 59 s'],
    ['lease_expired', { leaseSeconds: 0.1 }, 'it has 1 s left'],
    ['no_grace', { graceSeconds: 90.5 }, 'one lasts for another 91 s'],
  ])('that lacks %s says so, and ends nobody', (lack, facts, text) => {
    const lines = argumentOn(NOT_NAMED, {}, absence(facts));
    const parts = lines.slice(5, 10);
    expect(parts.map((part) => part.startsWith('  not yet: '))).toEqual(LACKS.map((one) => one === lack));
    expect(parts[LACKS.indexOf(lack)]).toContain(text);
    expect(lines.at(-1)).toBe('So nothing would change yet; a sweep would count this answer towards the proof.');
  });

  it.each([
    ['zone', 'its zone'],
    ['fleet', 'the fleet'],
  ] as const)('waits where its %s is held', (heldBy, who) => {
    const lines = argumentOn(NOT_NAMED, { zone: null }, { ...absence(), braking: { ...passes, heldBy } });
    expect(lines.at(-2)).toContain(`at most 2 of 12 in no known zone and`);
    expect(lines.at(-2)).toMatch(new RegExp(`; this one has to wait: ${who} has used that up\\.$`));
    expect(lines.at(-1)).toBe('So nothing would change yet; the next sweep tries again.');
  });

  it('is never said to be let through beside more than there are', () => {
    const braking = { ...passes, zoneWorkspaces: 1, fleetAllows: 2, fleetWorkspaces: 1 };
    expect(argumentOn(NOT_NAMED, {}, { ...absence(), braking }).at(-2)).toContain(
      'at most 1 of 1 in us-east-1a and 1 of 1 in the fleet go',
    );
  });

  it('takes nobody offline whose row has moved on, or of whom the brake has said nothing', () => {
    expect(conclusionOn(NOT_NAMED)).toBe('So nothing would change: its row has moved on since it was read.');
    expect(conclusionOn(NOT_NAMED, {}, absence())).toBe(
      'So nothing would change yet: what the brake says of it is not known.',
    );
  });

  it('takes the instance from who is offline already', () => {
    expect(conclusionOn(NOT_NAMED, { status: 'offline' }, { ...absence(), braking: passes })).toBe(
      'So it would stay offline, without an instance, and a new one would be launched.',
    );
  });
});
