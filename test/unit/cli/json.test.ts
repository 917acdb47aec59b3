import { describe, expect, it } from 'vitest';
import { toJson } from '../../../infra/cli/view/json.ts';

describe('JSON for a terminal', () => {
  it.each([
    ['DEL', '\u007f', '"\\u007f"'],
    ['C1', '\u009b2J', '"\\u009b2J"'],
    ['a bidi override', '\u202e', '"\\u202e"'],
    ['a zero width', 'a\u200bb', '"a\\u200bb"'],
    ['a line separator', '\u2028\u2029', '"\\u2028\\u2029"'],
    ['a tag beyond 16 bits', '\u{e0041}', '"\\udb40\\udc41"'],
    ['ESC', '\u001b[2J', '"\\u001b[2J"'],
  ])('escapes %s, and reads back as the same', (_, text, json) => {
    expect(toJson(text)).toBe(json);
    expect(JSON.parse(toJson({ [text]: [text] }, 2))).toEqual({ [text]: [text] });
  });

  it('leaves all else as it is, with or without an indent', () => {
    const value = { a: ['é😀', 1], b: null };
    expect([toJson(value), toJson(value, 2)]).toEqual([JSON.stringify(value), JSON.stringify(value, null, 2)]);
  });

  it('is null for nothing', () => {
    expect(toJson(undefined, 2)).toBe('null');
  });
});
