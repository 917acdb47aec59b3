import { expect, it } from 'vitest';
import { ArtefactError, describeFailure } from '../../../infra/agent/plugins/failure.ts';

const systemError = (code: string): Error => Object.assign(new Error(`${code}: write`), { code });

it.each([
  { error: systemError('ENOSPC'), reason: 'the disk is full (ENOSPC: write)' },
  { error: systemError('EFBIG'), reason: 'the file is larger than the agent may write (EFBIG: write)' },
  { error: systemError('EROFS'), reason: 'the disk is read-only (EROFS: write)' },
  { error: systemError('EIO'), reason: 'EIO: write' },
  { error: new ArtefactError('wrong sha256'), reason: 'wrong sha256' },
  { error: 'thrown text', reason: 'unknown error' },
  { error: new Error(''), reason: 'unknown error' },
  { error: new Error('a\0\x1b[31mb'), reason: 'a [31mb' },
  { error: new Error(`${'x'.repeat(299)}😀`), reason: `${'x'.repeat(299)}\ufffd` },
  { error: new Error('x'.repeat(1_000)), reason: 'x'.repeat(300) },
])('$error is reported as $reason', ({ error, reason }) => {
  expect(describeFailure(error)).toBe(reason);
});
