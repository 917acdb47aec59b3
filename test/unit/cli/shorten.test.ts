import { describe, expect, it } from 'vitest';
import { shorten, shortenPair } from '../../../infra/cli/view/shorten.ts';

const long = (middle: string, begin = 50, end = 50) => `${'a'.repeat(begin)}${middle}${'z'.repeat(end)}`;

describe('a long text', () => {
  it('is shown whole up to 72 characters, and then without its middle', () => {
    expect(shorten('a'.repeat(72))).toBe('a'.repeat(72));
    expect(shorten(long(''))).toBe(`${'a'.repeat(43)}…${'z'.repeat(28)}`);
  });

  it.each([
    [
      'in the middle',
      long('1'),
      long('2'),
      `…${'a'.repeat(20)}1${'z'.repeat(49)}…`,
      `…${'a'.repeat(20)}2${'z'.repeat(49)}…`,
    ],
    [
      'in the middle, and the end',
      `${long('1')}1`,
      `${long('2')}2`,
      `…${'a'.repeat(20)}1${'z'.repeat(49)}…`,
      `…${'a'.repeat(20)}2${'z'.repeat(49)}…`,
    ],
    [
      'in the middle of emoji',
      long('😀'),
      long('😁'),
      `…${'a'.repeat(20)}😀${'z'.repeat(49)}…`,
      `…${'a'.repeat(20)}😁${'z'.repeat(49)}…`,
    ],
    [
      'near the begin',
      long('1', 42),
      long('2', 42),
      `${'a'.repeat(42)}1…${'z'.repeat(28)}`,
      `${'a'.repeat(42)}2…${'z'.repeat(28)}`,
    ],
    [
      'just behind the begin',
      long('1', 43),
      long('2', 43),
      `…${'a'.repeat(20)}1${'z'.repeat(49)}…`,
      `…${'a'.repeat(20)}2${'z'.repeat(49)}…`,
    ],
    [
      'near the end',
      long('1', 50, 27),
      long('2', 50, 27),
      `${'a'.repeat(43)}…1${'z'.repeat(27)}`,
      `${'a'.repeat(43)}…2${'z'.repeat(27)}`,
    ],
    [
      'just before the end',
      long('1', 50, 28),
      long('2', 50, 28),
      `…${'a'.repeat(20)}1${'z'.repeat(28)}`,
      `…${'a'.repeat(20)}2${'z'.repeat(28)}`,
    ],
    ['in what only one has', 'a'.repeat(80), 'a'.repeat(200), `…${'a'.repeat(20)}`, `…${'a'.repeat(70)}…`],
  ])('that differs %s from another is cut so that it shows', (_, from, to, was, is) => {
    const shown = shortenPair(from, to);
    expect(shown).toEqual([was, is]);
    expect(shortenPair(to, from)).toEqual([shown[1], shown[0]]);
  });

  it('of 72 characters is whole beside another, wherever they differ', () => {
    const pair = [long('1', 43, 28), long('2', 43, 28)] as const;
    expect(shortenPair(...pair)).toEqual(pair);
  });

  it('is cut to 72 characters', () => {
    expect(shortenPair(long('1', 500, 500), long('2', 500, 500)).map(({ length }) => length)).toEqual([72, 72]);
  });
});
