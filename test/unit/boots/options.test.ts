import { expect, it } from 'vitest';
import { readOptions } from '../../boots/options.ts';
import { WAY_NAMES } from '../../boots/ways/ways.ts';

it('takes every way in every weather when nothing is asked for, and draws a seed', () => {
  expect(readOptions([])).toMatchObject({ ways: WAY_NAMES, weathers: ['calm', 'rough'], each: 2, first: 9 });
  expect(readOptions([]).seed).not.toBe(readOptions([]).seed);
});

it('takes what is asked for', () => {
  const args = [
    '--seed',
    '7',
    '--only',
    'both',
    '--only',
    'resumed',
    '--weather',
    'rough',
    '--each',
    '5',
    '--first',
    '3',
  ];
  const taken = { seed: 7, ways: ['both', 'resumed'], weathers: ['rough'], each: 5, first: 3 };
  expect(readOptions(args)).toEqual(taken);
});

it.each([[['--seed', '-1']], [['--only', 'twice']], [['--weather', 'fine']], [['--each', '0']], [['--sead', '7']]])(
  'refuses %j with the usage',
  (args) => {
    expect(() => readOptions(args)).toThrow(/Usage: npm run test:boots.*\nWAY: register-first, /);
  },
);
