import type { Change, DeclarationDiff } from '../../../../lib/domain/declaration/change.ts';
import { type Config, isObject, type Json } from '../../../../lib/domain/declaration/config.ts';
import { type Declaration, declarationSchema } from '../../../../lib/domain/declaration/document.ts';

/** A value that comes to stand, or stands no longer (undefined), at a path. */
type Step = { readonly path: readonly string[]; readonly to: Json | undefined };

/** An object that is changed in place, each level from when a step comes to it: all steps together cost one copy. */
type Node = Map<string, Json | Node>;

/** Whether a source is allowed was decided before the diff was made. */
const schema = declarationSchema({ allowLoopbackSources: true });

/**
 * The declaration that a diff leads to, its plugins sorted by name: shows that a diff tells all that differs.
 * @param current the declaration that the diff was made from
 * @throws ZodError where it was made from another, and nothing that is a declaration comes of it
 */
export function applyDiff(current: Declaration, diff: DeclarationDiff): Declaration {
  const byName = { ...current, plugins: Object.fromEntries(current.plugins.map((plugin) => [plugin.name, plugin])) };
  const applied = nodeOf(byName);
  for (const { path, to } of [...diff.additive, ...diff.destructive].flatMap(stepsOf)) put(applied, path, to);
  const whole = configOf(applied);
  const { plugins, ...rest } = schema.parse({ ...whole, plugins: Object.values(whole['plugins'] ?? {}) });
  return { ...rest, plugins: plugins.sort((one, other) => (one.name < other.name ? -1 : 1)) };
}

function stepsOf({ plugin, path, to }: Change): Step[] {
  if (plugin === null) return [{ path, to }];
  const place = ['plugins', plugin, ...path];
  if (path[0] !== 'version' || !isObject(to)) return [{ path: place, to }];
  return Object.entries(to).map(([key, value]) => ({ path: ['plugins', plugin, key], to: value }));
}

function put(target: Node, [key = '', ...rest]: readonly string[], to: Json | undefined): void {
  if (rest.length > 0) {
    const below = nodeOf(target.get(key));
    target.set(key, below);
    put(below, rest, to);
  } else if (to === undefined) target.delete(key);
  else target.set(key, to);
}

function nodeOf(value: Json | Node | undefined): Node {
  if (value instanceof Map) return value;
  return new Map(isObject(value) ? Object.entries(value) : []);
}

const configOf = (node: Node): Config =>
  Object.fromEntries([...node].map(([key, value]) => [key, value instanceof Map ? configOf(value) : value]));
