import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../../lib/domain/declaration/config.ts';
import { json } from './arbitraries.ts';

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
const lists = (levels: number): unknown => (levels === 0 ? 1 : [lists(levels - 1)]);

describe('a configuration', () => {
  it('is taken as it is, whatever JSON stands under its keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        const config = { key: value };
        expect(configSchema.parse(config)).toBe(config);
      }),
    );
  });

  it.each([
    ['the largest exact number', { a: Number.MAX_SAFE_INTEGER }],
    ['the smallest exact number', { a: -Number.MAX_SAFE_INTEGER }],
    ['a fraction', { a: -0.000001 }],
    ['names that objects have', { constructor: 1, toString: 2, hasOwnProperty: 3 }],
    ['eight levels', nested(8)],
    ['a list of seven levels under a key', { a: lists(7) }],
    ['a key of 100 characters', { ['k'.repeat(100)]: 1 }],
  ])('may have %s', (_, config) => {
    expect(configSchema.safeParse(config).success).toBe(true);
  });

  it.each([
    ['a list', [], []],
    ['null', null, []],
    ['a text', 'a', []],
    ['an integer that is no longer exact', { a: { b: 2 ** 53 } }, ['a', 'b']],
    ['an integer below those that are exact', { a: -(2 ** 53) }, ['a']],
    ['a number next to nothing', { a: 9.9e-7 }, ['a']],
    ['a number without end', { a: JSON.parse('1e400') }, ['a']],
    ['a number in a list that is not exact', { a: [0, [2 ** 60]] }, ['a', 1, 0]],
    ['nine levels', nested(9), Array.from('aaaaaaaaa')],
    ['a list of eight levels under a key', { a: lists(8) }, ['a', 0, 0, 0, 0, 0, 0, 0, 0]],
    ['an empty key', { '': 1 }, ['']],
    ['a key of 101 characters', { ['k'.repeat(101)]: 1 }, ['k'.repeat(101)]],
    ['a key with a space', { a: { 'b c': 1 } }, ['a', 'b c']],
    ['a key that begins with a dot', { '.a': 1 }, ['.a']],
    ['a key with a line after it', { 'a\n': 1 }, ['a\n']],
    ['a key in a list that is none', { a: [{ é: 1 }] }, ['a', 0, 'é']],
    ['the key __proto__', JSON.parse('{"a": {"__proto__": 1}}'), ['a', '__proto__']],
    ['what is no JSON', { a: undefined }, ['a']],
  ])('may not be, or have, %s', (_, config, path) => {
    expect(configSchema.safeParse(config).error?.issues.map((issue) => issue.path)).toEqual([path]);
  });
});
