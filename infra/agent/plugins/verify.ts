import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ArtefactError } from './failure.ts';

/** Throws {@link ArtefactError} unless the file's SHA-256 is `expected` (hex, lower case). Reads it as a stream. */
export async function verifySha256(file: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found !== expected) throw new ArtefactError(`wrong sha256: ${expected} was declared, the download has ${found}`);
}
