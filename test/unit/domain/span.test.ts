import { expect, it } from 'vitest';
import { inSpan } from '../../../lib/domain/span.ts';

it.each([
  [-3, '0 s'],
  [0.9, '0 s'],
  [119.9, '119 s'],
  [120, '2 min'],
  [125, '2 min 5 s'],
  [599.99, '9 min 59 s'],
  [600, '10 min'],
  [7_199, '119 min 59 s'],
  [7_200, '2 h'],
  [7_259, '2 h'],
  [7_260, '2 h 1 min'],
  [172_799, '47 h 59 min'],
  [172_800, '2 d'],
  [180_000, '2 d 2 h'],
])('a span of %d s is %s', (seconds, text) => {
  expect(inSpan(seconds)).toBe(text);
});
