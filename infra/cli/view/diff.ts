import { z } from 'zod';
import { toJson } from './json.ts';
import { shorten, shortenPair } from './shorten.ts';
import { oneLine } from './text.ts';

const change = z.object({
  plugin: z.string().nullable(),
  path: z.array(z.string()),
  from: z.unknown().optional(),
  to: z.unknown().optional(),
});

/** What the registry tells of two declarations. */
export const diff = z.object({ additive: z.array(change), destructive: z.array(change) });

export type Diff = z.infer<typeof diff>;
type Change = z.infer<typeof change> & { readonly destructive: boolean };

/** Where the mark of a destructive change stands at most; behind a longer line it follows. */
const FARTHEST = 60;

/**
 * The changes of each plugin below its name, a line each: `+` what comes, `-` what goes, `~` what becomes another;
 * whatever takes something away says so at its end. A version that comes from another host has its sources below it.
 */
export function drawDiff({ additive, destructive }: Diff): string {
  const changes = [
    ...additive.map((item): Change => ({ ...item, destructive: false })),
    ...destructive.map((item): Change => ({ ...item, destructive: true })),
  ].sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  const lines = changes.map((item) => ({ ...item, text: oneLine(`${symbolOf(item)} ${describe(item)}`) }));
  const marked = lines.filter((line) => line.destructive).map(({ text }) => text.length);
  const column = Math.min(Math.max(...marked, 0), FARTHEST);
  return [...Map.groupBy(lines, ({ plugin }) => plugin)]
    .flatMap(([plugin, group]) => [
      oneLine(plugin ?? '(the declaration)'),
      ...group.flatMap((line) => [
        `  ${line.destructive ? `${line.text.padEnd(column)}  destructive` : line.text}`,
        ...movedIn(line).map((text) => oneLine(`    ${text}`)),
      ]),
    ])
    .join('\n');
}

/** No key holds a NUL, which sorts before all else. */
const placeOf = ({ plugin, path }: Change): string => [plugin ?? '', ...path].join('\0');

function symbolOf({ from, to }: Change): string {
  if (from === undefined) return '+';
  return to === undefined ? '-' : '~';
}

/** `plugin 1.0.0`, `version 1.0.0 → 1.1.0`, `config.depth 3 → "3"`, `config.depth (was 3)` */
function describe({ path, from, to }: Change): string {
  const label = path.length === 0 ? 'plugin' : path.map(keyIn).join('.');
  const [was, is] = [valueAt(path, from), valueAt(path, to)];
  if (from === undefined) return `${label} ${shorten(is)}`;
  if (to === undefined) return path.length === 0 ? `${label} ${shorten(was)}` : `${label} (was ${shorten(was)})`;
  return `${label} ${shortenPair(was, is).join(' → ')}`;
}

const sourced = z.object({ source: z.string() });

/** `source https://a/1.tgz → https://b/2.tgz` where a version comes from another host or bucket; else nothing. */
function movedIn({ path, from, to }: Change): string[] {
  if (path[0] !== 'version') return [];
  const [was, is] = [sourced.safeParse(from).data?.source, sourced.safeParse(to).data?.source];
  if (was === undefined || is === undefined || originOf(was) === originOf(is)) return [];
  return [`source ${shortenPair(was, is).join(' → ')}`];
}

/** Not the URL's own `origin`, which is null for all of S3. */
function originOf(source: string): string {
  const url = URL.parse(source);
  return url === null ? source : `${url.protocol}//${url.host}`;
}

/** A key with a dot of its own stands in quotes. */
const keyIn = (key: string): string => (key.includes('.') ? toJson(key) : key);

const versioned = z.object({ version: z.string() });

/** A whole plugin, and what belongs to a version, is told by its version; texts of a configuration are told from numbers. */
function valueAt([key]: readonly string[], value: unknown): string {
  const version = key === undefined || key === 'version' ? versioned.safeParse(value).data?.version : undefined;
  if (version !== undefined) return version;
  const plain = typeof value === 'string' && (key === 'source' || key === 'sha256');
  return plain ? value : toJson(value);
}
