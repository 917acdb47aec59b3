import type { Change, DeclarationDiff } from './change.ts';
import { type Config, isObject, type Json } from './config.ts';
import { type Declaration, declarationSchema } from './document.ts';

/** A value that comes to stand, or stands no longer (undefined), at a path. */
type Step = { readonly path: readonly string[]; readonly to: Json | undefined };

/** Whether a source is allowed was decided before the diff was made. */
const schema = declarationSchema({ allowLoopbackSources: true });

/**
 * The declaration that a diff leads to, its plugins sorted by name.
 * @param current the declaration that the diff was made from
 * @throws ZodError where it was made from another, and nothing that is a declaration comes of it
 */
export function applyDiff(current: Declaration, diff: DeclarationDiff): Declaration {
  const byName = { ...current, plugins: Object.fromEntries(current.plugins.map((plugin) => [plugin.name, plugin])) };
  const applied = [...diff.additive, ...diff.destructive].flatMap(stepsOf).reduce<Config>(withValue, byName);
  const { plugins, ...rest } = schema.parse({ ...applied, plugins: Object.values(applied['plugins'] ?? {}) });
  return { ...rest, plugins: plugins.sort((one, other) => (one.name < other.name ? -1 : 1)) };
}

function stepsOf({ plugin, path, to }: Change): Step[] {
  if (plugin === null) return [{ path, to }];
  const place = ['plugins', plugin, ...path];
  if (path[0] !== 'version' || !isObject(to)) return [{ path: place, to }];
  return Object.entries(to).map(([key, value]) => ({ path: ['plugins', plugin, key], to: value }));
}

function withValue(target: Config, { path: [key = '', ...rest], to }: Step): Config {
  const entries = new Map(Object.entries(target));
  const there = entries.get(key) ?? {};
  const value = rest.length === 0 ? to : withValue(isObject(there) ? there : {}, { path: rest, to });
  if (value === undefined) entries.delete(key);
  else entries.set(key, value);
  return Object.fromEntries(entries);
}
