import { expect, it } from 'vitest';
import { describeMet, type Met, notMet } from '../../boots/run/weather-met.ts';

const met: Met = { refused: 1, failed: 2, lost: 3, downloads: new Map([['cut', 4]]) };

it('tells what failed in one line', () => {
  expect(describeMet(met)).toBe(
    'Met in rough weather: asynchronous invokes: 1 refused; database calls: 2 failed, 3 answers lost; downloads: 4 cut.',
  );
  expect(describeMet({ ...met, downloads: new Map() })).toMatch(/downloads: none\.$/);
});

it('was met where each kind of call failed', () => {
  expect(notMet(met)).toEqual([]);
});

it.each<[Partial<Met>, string]>([
  [{ refused: 0 }, 'In rough weather no asynchronous invoke was refused'],
  [{ failed: 0 }, 'In rough weather no database call failed'],
  [{ lost: 0 }, "In rough weather no database call's answer was lost"],
  [{ downloads: new Map() }, 'In rough weather no download met a fault'],
])('was not met where one kind never did: %o', (change, said) => {
  expect(notMet({ ...met, ...change })).toEqual([said]);
});
