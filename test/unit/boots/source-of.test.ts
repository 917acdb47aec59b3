import { expect, it } from 'vitest';
import { WEATHERS } from '../../boots/options.ts';
import { sourceOf } from '../../boots/run/source-of.ts';
import { WAY_NAMES } from '../../boots/ways/ways.ts';

it.each(WEATHERS)('takes turns in %s weather, over the ways and over the boots of one', (weather) => {
  for (const [at, way] of WAY_NAMES.entries()) {
    const [first, second] = [0, 1].map((number) => sourceOf({ way, weather, number }));
    expect([first, second].toSorted()).toEqual(['s3', 'web']);
    const next = WAY_NAMES[at + 1];
    if (next !== undefined) expect(sourceOf({ way: next, weather, number: 0 })).toBe(second);
  }
});

it('gives one boot in each weather both sources', () => {
  const sources = WEATHERS.map((weather) => sourceOf({ way: 'restarted', weather, number: 0 }));
  expect(sources.toSorted()).toEqual(['s3', 'web']);
});
