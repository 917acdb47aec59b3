import { createReadStream } from 'node:fs';
import { ReadEntry, Unpack } from 'tar';
import { refusalOf } from './archive-entry.ts';
import { ArtefactError, isSystemError } from './failure.ts';

/**
 * Unpacks a .tgz into the existing, empty folder `into`. Anything in it that must not or cannot be unpacked as it is
 * makes the whole artefact fail with {@link ArtefactError}: half a plugin is worse than the old one. By then files may
 * have been written, never outside `into`.
 */
export async function unpack(file: string, into: string): Promise<void> {
  let problem: Error | undefined;
  await new Promise<void>((resolve, reject) => {
    const archive = new Unpack({
      cwd: into,
      // As root, tar would give the files to the numbers in the archive, whoever has these here.
      preserveOwner: false,
      filter: (_path, entry) => {
        const refusal = entry instanceof ReadEntry ? refusalOf(entry) : 'an entry is no archive entry';
        if (refusal !== undefined) problem ??= new ArtefactError(`the artefact is refused: ${refusal}`);
        if (entry instanceof ReadEntry && entry.mode !== undefined) entry.mode = safeMode(entry.type, entry.mode);
        return refusal === undefined;
      },
      onwarn: (code, message, data) => {
        problem ??= asProblem(code, message, data);
      },
    });
    archive.on('ignoredEntry', (entry: ReadEntry) => {
      problem ??= new ArtefactError(`the artefact is refused: ${JSON.stringify(entry.path)} is of an unknown type`);
    });
    archive.on('error', reject);
    archive.on('close', resolve);
    const source = createReadStream(file);
    source.on('error', reject);
    source.pipe(archive);
  }).catch((error: unknown) => {
    if (isSystemError(error)) throw error;
    const reason = error instanceof Error ? error.message : 'unknown error';
    problem ??= new ArtefactError(`the artefact is no gzipped tar archive: ${reason}`, { cause: error });
  });
  if (problem !== undefined) throw problem;
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
