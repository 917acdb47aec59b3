import fc from 'fast-check';
import { canonicalJson } from '../../../../lib/domain/canonical.ts';
import type { Json } from '../../../../lib/domain/declaration/config.ts';
import type { Declaration } from '../../../../lib/domain/declaration/document.ts';
import { declaration, json, KEYS, plugin, SHA256, SOURCES, version } from './arbitraries.ts';

type Place = readonly (string | number)[];

/** One thing that is to be another in a document. */
type Edit = { readonly how: 'add' | 'remove' | 'replace'; readonly at: Place };

/** A declaration in which one thing is another: maybe none that the schema takes. */
export type Mutation = Edit & {
  readonly before: Declaration;
  readonly after: Declaration;
  /** The plugin that it is of; null: a plugin that is new, or the declaration itself. */
  readonly of: string | null;
};

const newKey = fc.constantFrom(...KEYS, 'config', 'config_marks', 'required', 'destructive', 'surplus');
const newPlugin = plugin({ name: 'new' });
const newValue = fc.oneof(json, version, fc.constantFrom(...SOURCES, ...SHA256), fc.constant(true));

/** A declaration, and the same with any one value, key, mark or plugin changed, added or taken away. */
export const mutation: fc.Arbitrary<Mutation> = fc.tuple(declaration, fc.gen()).map(([before, choose]) => {
  const edit = choose(() => fc.constantFrom(...editsOf(before)));
  const after = edited(before, edit, choose);
  const [, index] = edit.at;
  const of = typeof index === 'number' ? (before.plugins[index]?.name ?? null) : null;
  return { ...edit, before, after, of };
});

function editsOf(document: Declaration): Edit[] {
  const ofPlugins = document.plugins.flatMap((plugin, index): Edit[] => [
    { how: 'remove', at: ['plugins', index] },
    { how: 'add', at: ['plugins', index] },
    ...Object.entries(plugin)
      .filter(([key]) => key !== 'name')
      .flatMap(([key, value]) => editsBelow(value, ['plugins', index, key])),
  ]);
  return [{ how: 'add', at: [] }, { how: 'add', at: ['plugins'] }, ...ofPlugins];
}

function editsBelow(value: Json, at: Place): Edit[] {
  const here: Edit[] = [
    { how: 'replace', at },
    { how: 'remove', at },
  ];
  if (value === null || typeof value !== 'object') return here;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [...here, { how: 'add', at }, ...entries.flatMap(([key, item]) => editsBelow(item, [...at, key]))];
}

function edited(document: Declaration, { how, at }: Edit, choose: fc.GeneratorValue): Declaration {
  const root = { document: structuredClone(document) };
  const path = ['document', ...at];
  const last = path.pop() ?? 'document';
  const parent = path.reduce((value, key) => Reflect.get(value, key), root);
  const there = Reflect.get(parent, last);
  if (how === 'add') add(there, at.length === 1 ? newPlugin : choose(() => newValue), choose);
  else if (how === 'replace') Reflect.set(parent, last, choose(otherThan, there));
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
  return root.document;
}

function add(to: object, value: unknown, choose: fc.GeneratorValue): void {
  if (Array.isArray(to)) to.push(value);
  else Reflect.set(to, choose(keyMissingIn, to), value);
}

const keyMissingIn = (object: object) => newKey.filter((key) => !Object.hasOwn(object, key));

const otherThan = (value: unknown) => newValue.filter((other) => canonicalJson(other) !== canonicalJson(value));
