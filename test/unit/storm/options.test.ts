import { describe, expect, it } from 'vitest';
import { readOptions } from '../../storm/options.ts';

describe('the command line of a storm', () => {
  it('draws a seed when none is given, and does four acts a workspace', () => {
    expect(readOptions(['--workspaces', '25'])).toMatchObject({
      workspaces: 25,
      steps: 100,
      faults: true,
      plan: false,
    });
    expect(readOptions([]).seed).not.toBe(readOptions([]).seed);
  });

  it('takes what is given', () => {
    const args = ['--seed', '7', '--workspaces', '5', '--steps', '20', '--no-faults', '--plan', '--keep', 'kept'];
    const taken = { seed: 7, workspaces: 5, steps: 20, faults: false, plan: true, keep: 'kept' };
    expect(readOptions(args)).toEqual(taken);
  });

  it.each([[['--seed', 'seven']], [['--seed', '-1']], [['--workspaces', '0']], [['--sead', '7']], [['7']]])(
    'refuses %j with the usage',
    (args) => {
      expect(() => readOptions(args)).toThrow(/Usage: npm run test:storm/);
    },
  );
});
