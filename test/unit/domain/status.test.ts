import { describe, expect, it } from 'vitest';
import { movesOf, nextStatus, STATUSES, TRANSITION_EVENTS, TRANSITIONS } from '../../../lib/domain/status.ts';

describe('the status table', () => {
  it('invariant 6: leads nowhere from removed, which is final', () => {
    expect(TRANSITION_EVENTS.filter((event) => nextStatus(event, 'removed') !== undefined)).toEqual([]);
  });

  it.each(['paused', 'hibernated'] as const)('leads from %s only by an operator', (status) => {
    const leaving = TRANSITION_EVENTS.filter((event) => nextStatus(event, status) !== undefined);
    expect(leaving).toEqual([status === 'paused' ? 'resume' : 'wake', 'remove']);
  });

  it('never leads from a status to itself', () => {
    expect(TRANSITIONS.filter(({ from, to }) => from === to)).toEqual([]);
  });

  it('leads each event from a status to one status only', () => {
    const keys = TRANSITIONS.map(({ event, from }) => `${event} ${from}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('owes a reconcile for every way in which a runtime comes online', () => {
    const coming = TRANSITIONS.filter(({ to }) => to === 'online');
    expect(coming.length).toBeGreaterThan(0);
    expect(coming.every(({ wantsReconcile }) => wantsReconcile)).toBe(true);
  });

  it.each(STATUSES)('gives statements the same moves from %s as code has', (status) => {
    for (const event of TRANSITION_EVENTS) expect(movesOf(event)[status]).toBe(nextStatus(event, status));
  });
});
