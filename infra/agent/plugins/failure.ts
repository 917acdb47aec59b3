/** Longest reason that is reported: some of them quote a file name out of an artefact. */
export const LONGEST_REASON = 300;

/** The artefact, or the link to it, is not what was declared. The message is for the operator who declared it. */
export class ArtefactError extends Error {
  override readonly name = 'ArtefactError';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than the agent may write',
  EROFS: 'the disk is read-only',
  EACCES: 'the agent may not write there',
  EMFILE: 'the agent has too many open files',
};

const OUT_OF_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Whether the operating system had no room for what was to be written. */
export function isOutOfRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && OUT_OF_ROOM.some((code) => code === error.code);
}

/** Whether the operating system refused (EACCES, ENOSPC …), rather than what came from outside being wrong. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code);
}

/** Whether there is no file or folder of that name. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** What went wrong with an action, in words that an operator can act on, at most 300 characters. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error) || error.message === '') return 'unknown error';
  const known = 'code' in error && typeof error.code === 'string' ? REASONS[error.code] : undefined;
  const told = known === undefined ? error.message : `${known} (${error.message})`;
  // The registry refuses a zero byte, or half a character, and with it the whole heartbeat.
  return told
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, LONGEST_REASON)
    .toWellFormed();
}
