import { describe, expect, it } from 'vitest';
import type { Config } from '../../../../lib/domain/declaration/config.ts';
import { configDifferences } from '../../../../lib/domain/declaration/config-differences.ts';
import type { DeclaredPlugin } from '../../../../lib/domain/declaration/document.ts';
import { plugin } from './arbitraries.ts';

const found = (from: DeclaredPlugin, to: DeclaredPlugin) =>
  configDifferences(from, to).map(({ kind, path }) => `${kind} ${path.join('.')}`);

type Case = readonly [string, Config, Config, readonly string[]];

describe('a configuration', () => {
  it.each<Case>([
    ['has a key that was not there', { a: 1 }, { a: 1, b: 1 }, ['config_added config.b']],
    ['has its first key', {}, { a: 1 }, ['config_added config.a']],
    ['has an empty object', { a: 1 }, { a: 1, b: {} }, ['config_added config.b']],
    ['has null where nothing was', { a: 1 }, { a: 1, b: null }, ['config_added config.b']],
    ['has a key below another', { a: { b: 1 } }, { a: { b: 1, c: 1 } }, ['config_added config.a.c']],
    ['has a key in what was empty', { a: {} }, { a: { b: 1 } }, ['config_added config.a.b']],
    ['has a key two levels below', { a: { b: {} } }, { a: { b: { c: 1 } } }, ['config_added config.a.b.c']],
    ['has a key that objects have anyway', {}, { constructor: 1 }, ['config_added config.constructor']],
    ['has such a key below', { a: {} }, { a: { toString: 1 } }, ['config_added config.a.toString']],

    ['has a key no more', { a: 1, b: 1 }, { b: 1 }, ['config_removed config.a']],
    ['has no key at all any more', { a: 1 }, {}, ['config_removed config.a']],
    ['has null no more', { a: null }, {}, ['config_removed config.a']],
    ['has a key below no more', { a: { b: 1, c: 1 } }, { a: { b: 1 } }, ['config_removed config.a.c']],
    ['has nothing below any more', { a: { b: 1 } }, { a: {} }, ['config_removed config.a.b']],
    ['has a key no more that objects have anyway', { valueOf: 1 }, {}, ['config_removed config.valueOf']],
    ['has another name for a key', { a: 1 }, { b: 1 }, ['config_removed config.a', 'config_added config.b']],

    ['has another number', { a: 1 }, { a: 2 }, ['config_changed config.a']],
    ['has another text, though it looks the same', { a: 'é' }, { a: 'e\u0301' }, ['config_changed config.a']],
    ['has false for true', { a: true }, { a: false }, ['config_changed config.a']],
    ['has another value below', { a: { b: 1 } }, { a: { b: 2 } }, ['config_changed config.a.b']],
    ['has a longer list', { a: [1] }, { a: [1, 2] }, ['config_changed config.a']],
    ['has something in an empty list', { a: [] }, { a: [null] }, ['config_changed config.a']],
    ['has more of other types in a list', { a: [1] }, { a: [1, '2', {}] }, ['config_changed config.a']],
    [
      'has a longer list of equal objects',
      { a: [{ b: 0, c: 1 }] },
      { a: [{ c: 1, b: -0 }, 1] },
      ['config_changed config.a'],
    ],
    ['has a longer list below', { a: { b: [1] } }, { a: { b: [1, 2] } }, ['config_changed config.a.b']],

    ['has a shorter list', { a: ['a', 'b'] }, { a: ['a'] }, ['unclassified_change config.a']],
    ['has an empty list', { a: ['a', 'b'] }, { a: [] }, ['unclassified_change config.a']],
    ['has a list without its first element', { a: [1, 2] }, { a: [2] }, ['unclassified_change config.a']],
    ['has a list in another order', { a: [1, 2] }, { a: [2, 1] }, ['unclassified_change config.a']],
    ['has something in front of a list', { a: [1] }, { a: [2, 1] }, ['unclassified_change config.a']],
    ['has a key less in a list', { a: [{ b: 1, c: 1 }] }, { a: [{ b: 1 }] }, ['unclassified_change config.a']],
    ['has a key more in a list', { a: [{ b: 1 }] }, { a: [{ b: 1, c: 1 }] }, ['unclassified_change config.a']],
    ['has a longer list in a list', { a: [[1]] }, { a: [[1, 2]] }, ['unclassified_change config.a']],
    ['has a shorter list below', { a: { b: [1, 2] } }, { a: { b: [1] } }, ['unclassified_change config.a.b']],
    ['has another type in a list', { a: [1] }, { a: ['1'] }, ['config_type_changed config.a']],
    ['has another type in a longer list', { a: [1] }, { a: ['1', 2] }, ['config_type_changed config.a']],
    ['has another type in a shorter list', { a: [1, 2] }, { a: [null] }, ['config_type_changed config.a']],

    ['has a number for a text', { a: '1' }, { a: 1 }, ['config_type_changed config.a']],
    ['has a boolean for a number', { a: 0 }, { a: false }, ['config_type_changed config.a']],
    ['has null for a text', { a: '' }, { a: null }, ['config_type_changed config.a']],
    ['has an object for null', { a: null }, { a: {} }, ['config_type_changed config.a']],
    ['has a list for null', { a: null }, { a: [] }, ['config_type_changed config.a']],
    ['has a list for an object', { a: {} }, { a: [] }, ['config_type_changed config.a']],
    ['has an object for a list', { a: ['x'] }, { a: { 0: 'x' } }, ['config_type_changed config.a']],
    ['has a text for an object', { a: { b: 1 } }, { a: 'b' }, ['config_type_changed config.a']],
    ['has another type below', { a: { b: 0 } }, { a: { b: '0' } }, ['config_type_changed config.a.b']],

    ['has its keys in another order', { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }, []],
    ['has minus nought for nought', { a: 0 }, { a: -0 }, []],
  ])('that %s', (_, from, to, expected) => {
    expect(found(plugin({ config: from }), plugin({ config: to }))).toEqual(expected);
  });

  it('has the same differences where it is left out as where it is empty', () => {
    expect(found(plugin({}), plugin({ config: { a: 1 } }))).toEqual(['config_added config.a']);
    expect(found(plugin({ config: { a: 1 } }), plugin({}))).toEqual(['config_removed config.a']);
  });
});

const required: DeclaredPlugin['config_marks'] = { db: { required: true } };
const destructive: DeclaredPlugin['config_marks'] = { db: { destructive: true } };
const both: DeclaredPlugin['config_marks'] = { db: { required: true, destructive: true } };

type Marks = DeclaredPlugin['config_marks'];
type MarkedCase = readonly [string, Marks, Marks, Config, Config, readonly string[]];

/** Three that are apart only in what is marked. */
const OTHER_VALUE: readonly [Config, Config] = [{ db: { host: 'a' } }, { db: { host: 'b' } }];
const NEW_KEY: readonly [Config, Config] = [{ x: 1 }, { x: 1, db: { host: 'a' } }];
const NEW_KEY_BELOW: readonly [Config, Config] = [{ db: {} }, { db: { host: 'a' } }];

describe('a mark', () => {
  it.each<MarkedCase>([
    [
      'destructive weighs another value',
      destructive,
      destructive,
      ...OTHER_VALUE,
      ['config_value_changed config.db.host'],
    ],
    ['destructive weighs it when it is new', {}, destructive, ...OTHER_VALUE, ['config_value_changed config.db.host']],
    ['destructive weighs it when it goes', destructive, {}, ...OTHER_VALUE, ['config_value_changed config.db.host']],
    ['required does not weigh another value', required, required, ...OTHER_VALUE, ['config_changed config.db.host']],

    ['required weighs a new key', {}, required, ...NEW_KEY, ['unclassified_change config.db']],
    ['destructive does not weigh a new key', {}, destructive, ...NEW_KEY, ['config_added config.db']],
    ['required weighs a new key also with destructive', {}, both, ...NEW_KEY, ['unclassified_change config.db']],

    ['required weighs a new key below', required, required, ...NEW_KEY_BELOW, ['unclassified_change config.db.host']],
    ['required weighs nothing once it is gone', required, {}, ...NEW_KEY_BELOW, ['config_added config.db.host']],
    [
      'destructive weighs a new key below',
      destructive,
      destructive,
      ...NEW_KEY_BELOW,
      ['config_value_changed config.db.host'],
    ],
    [
      'destructive weighs it when it is new',
      {},
      destructive,
      ...NEW_KEY_BELOW,
      ['config_value_changed config.db.host'],
    ],
    ['destructive weighs it when it goes', destructive, {}, ...NEW_KEY_BELOW, ['config_value_changed config.db.host']],
    ['destructive weighs it more than required', both, both, ...NEW_KEY_BELOW, ['config_value_changed config.db.host']],

    ['changes nothing of a removal', both, both, { db: { host: 'a' } }, { db: {} }, ['config_removed config.db.host']],
    ['changes nothing of another type', both, both, { db: 1 }, { db: '1' }, ['config_type_changed config.db']],
    ['weighs what is appended to a list', both, both, { db: [1] }, { db: [1, 2] }, ['config_value_changed config.db']],
    ['changes nothing of a shorter list', both, both, { db: [1, 2] }, { db: [1] }, ['unclassified_change config.db']],
    ['counts for its own key alone', both, both, { db: 1, x: 1 }, { db: 1, x: 2 }, ['config_changed config.x']],
    ['of a key below counts for none', {}, {}, { x: { db: 1 } }, { x: { db: 2 } }, ['config_changed config.x.db']],
    [
      'of destructive alone is another key',
      both,
      both,
      { x: { db: 1 } },
      { x: { db: 2 } },
      ['config_changed config.x.db'],
    ],
    [
      'is none of a name that objects have anyway',
      {},
      {},
      { constructor: 1 },
      { constructor: 2 },
      ['config_changed config.constructor'],
    ],
  ])('%s', (_, before, after, from, to, expected) => {
    const [was, is] = [plugin({ config: from }), plugin({ config: to })];
    expect(found({ ...was, config_marks: before ?? {} }, { ...is, config_marks: after ?? {} })).toEqual(expected);
  });
});
