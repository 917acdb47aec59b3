import { posix } from 'node:path';
import { OWN_FOLDER } from './layout.ts';

/** The part of a tar header that decides where an entry ends up. */
export type ArchiveEntry = { readonly type: string; readonly path: string; readonly linkpath?: string | undefined };

const FILES = ['File', 'OldFile', 'ContiguousFile', 'Directory', 'GNUDumpDir'];

/**
 * Why an entry of an artefact must not be unpacked; undefined when it may.
 *
 * A link's target may climb with leading `..` only. Where one comes after a name, as in `a/../../x`, the name may
 * itself be a link by then, and the words no longer say where the path leads. Together with folders that are never
 * links (links.ts sees to that), what is allowed here cannot leave the folder.
 */
export function refusalOf(entry: ArchiveEntry): string | undefined {
  const shown = JSON.stringify(entry.path);
  if (posix.isAbsolute(entry.path)) return `the path ${shown} is absolute`;
  if (entry.path.split('/').includes('..')) return `the path ${shown} holds ".."`;
  const [top] = entry.path.split('/').filter((part) => part !== '' && part !== '.');
  // Some file systems do not tell upper case from lower.
  if (top?.toLowerCase() === OWN_FOLDER) return `the path ${shown} is the agent's own`;
  if (FILES.includes(entry.type)) return undefined;
  if (entry.type !== 'SymbolicLink' && entry.type !== 'Link') return `${shown} is a ${entry.type}, not a file`;

  const target = entry.linkpath ?? '';
  const link = `the link ${shown} to ${JSON.stringify(target)}`;
  if (target === '' || posix.isAbsolute(target)) return `${link} leads outside`;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const climbs = parts.findIndex((part) => part !== '..');
  if (climbs !== -1 && parts.slice(climbs).includes('..')) return `${link} climbs after it has gone down`;
  // A hard link counts from the root of the archive, a symbolic one from its own folder.
  const from = entry.type === 'Link' ? '.' : posix.dirname(posix.normalize(entry.path));
  const resolved = posix.normalize(posix.join(from, target));
  return resolved === '..' || resolved.startsWith('../') ? `${link} leads outside` : undefined;
}
