import { digestOf } from '../canonical.ts';
import type { Change, DeclarationDiff } from './change.ts';
import { classify } from './classify.ts';
import type { Config } from './config.ts';
import { type Declaration, type DeclaredPlugin, NOTHING_DECLARED } from './document.ts';

/** A declared plugin as the table has it. */
export type Row = {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly sha256: string;
  /** Empty: there is none. */
  readonly config: Config;
  /** SHA-256 of the configuration's canonical form; null: there is none. */
  readonly config_digest: string | null;
  /** Whether another sha256 or configuration came under the same version, which a report of versions cannot show. */
  readonly content_changed: boolean;
};

/** What a declaration writes and takes away, each sorted by name, so that two writes lock their rows in one order. */
export type TouchedRows = { readonly upserts: readonly Row[]; readonly removals: readonly string[] };

const IN_ROW = new Set(['version', 'source', 'sha256', 'config']);

/** The rows of a first declaration, sorted by name. */
export function rowsOf(document: Declaration): readonly Row[] {
  return rowsTouchedBy(classify(NOTHING_DECLARED, document), document).upserts;
}

/**
 * The rows that a diff names, and no others.
 * @param proposed the declaration that the diff leads to
 */
export function rowsTouchedBy(diff: DeclarationDiff, proposed: Declaration): TouchedRows {
  const changes = Map.groupBy<string | null, Change>([...diff.additive, ...diff.destructive], ({ plugin }) => plugin);
  const upserts = proposed.plugins.flatMap((plugin) => {
    const paths = (changes.get(plugin.name) ?? []).map(({ path }) => path);
    return paths.some(isInRow) ? [rowOf(plugin, isOtherContent(paths))] : [];
  });
  const removed = diff.destructive.filter(({ kind }) => kind === 'plugin_removed');
  return {
    upserts: upserts.sort((one, other) => (one.name < other.name ? -1 : 1)),
    removals: removed.flatMap(({ plugin }) => plugin ?? []),
  };
}

type Path = Change['path'];

/** The whole plugin, or a key of it that its row has; the marks stay in the document. */
const isInRow = ([key]: Path): boolean => key === undefined || IN_ROW.has(key);

const isOtherContent = (paths: readonly Path[]): boolean =>
  paths.some(([key]) => key === 'sha256' || key === 'config') && paths.every(([key]) => key !== 'version');

function rowOf({ name, version, source, sha256, config }: DeclaredPlugin, content_changed: boolean): Row {
  const configured =
    config === undefined ? { config: {}, config_digest: null } : { config, config_digest: digestOf(config) };
  return { name, version, source, sha256, ...configured, content_changed };
}
