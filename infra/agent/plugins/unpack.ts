import { createReadStream } from 'node:fs';
import { ReadEntry, Unpack } from 'tar';
import { withDeadline } from '../deadline.ts';
import { refusalOf } from './archive-entry.ts';
import { ArtefactError, isSystemError } from './failure.ts';
import { type ArchiveLink, createLinks } from './links.ts';

/** An artefact may take as long as it takes to unpack, but not stand still for longer than this. */
const IDLE_MS = 60_000;

/**
 * Unpacks a .tgz into the existing, empty folder `into`. Anything in it that must not or cannot be unpacked as it is
 * makes the whole artefact fail with {@link ArtefactError}: half a plugin is worse than the old one. By then files may
 * have been written, never outside `into`. Throws `stop`'s reason as soon as it is aborted.
 */
export async function unpack(file: string, into: string, stop: AbortSignal): Promise<void> {
  const links: ArchiveLink[] = [];
  try {
    await withDeadline(stop, IDLE_MS, (signal, touch) => unpackFiles(file, into, links, signal, touch));
  } catch (error) {
    stop.throwIfAborted();
    throw error;
  }
  await createLinks(into, links);
}

/** Unpacks all but the links, which it adds to `links`. */
async function unpackFiles(
  file: string,
  into: string,
  links: ArchiveLink[],
  signal: AbortSignal,
  touch: () => void,
): Promise<void> {
  let problem: Error | undefined;
  await new Promise<void>((resolve, reject) => {
    const archive = new Unpack({
      cwd: into,
      // As root, tar would give the files to the numbers in the archive, whoever has these here.
      preserveOwner: false,
      filter: (_path, entry) => {
        const refusal = entry instanceof ReadEntry ? refusalOf(entry) : 'an entry is no archive entry';
        if (refusal !== undefined) problem ??= new ArtefactError(`the artefact is refused: ${refusal}`);
        if (refusal !== undefined || !(entry instanceof ReadEntry)) return false;
        if (isLink(entry)) links.push({ type: entry.type, path: entry.path, linkpath: entry.linkpath ?? '' });
        if (entry.mode !== undefined) entry.mode = safeMode(entry.type, entry.mode);
        // For a link, tar waits until it may write to both names: for ever where one stands below the other.
        return !isLink(entry);
      },
      onwarn: (code, message, data) => {
        problem ??= asProblem(code, message, data);
      },
    });
    archive.on('ignoredEntry', (entry: ReadEntry) => {
      if (isLink(entry)) return;
      problem ??= new ArtefactError(`the artefact is refused: ${JSON.stringify(entry.path)} is of an unknown type`);
    });
    archive.on('error', reject);
    archive.on('close', resolve);
    const source = createReadStream(file, { signal });
    source.on('error', reject);
    source.on('data', touch);
    source.pipe(archive);
    // The source may have ended by then, and have nothing to say of it.
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  }).catch((error: unknown) => {
    if (isSystemError(error)) throw error;
    const reason = error instanceof Error ? error.message : 'unknown error';
    const shown = signal.aborted
      ? `the artefact cannot be unpacked: ${reason}`
      : `the artefact is no gzipped tar archive: ${reason}`;
    problem ??= new ArtefactError(shown, { cause: error });
  });
  if (problem !== undefined) throw problem;
}

function isLink({ type }: ReadEntry): boolean {
  return type === 'SymbolicLink' || type === 'Link';
}

/**
 * Without setuid, setgid and sticky: as root, an artefact could otherwise leave a program that anyone runs as root.
 * With access for the owner: files and folders are opened again to be flushed to the disk, and later to be removed.
 */
function safeMode(type: string, mode: number): number {
  const isFolder = type === 'Directory' || type === 'GNUDumpDir';
  return (mode & 0o777) | (isFolder ? 0o700 : 0o600);
}

/** tar passes the error itself as the warning's data; one of the disk keeps its code, which has a better reason. */
function asProblem(code: string, message: string | Error, data: unknown): Error {
  if (isSystemError(data)) return data;
  const text = message instanceof Error ? message.message : message;
  return new ArtefactError(`the artefact cannot be unpacked: ${text} (${code})`);
}
