import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

export type Entry = {
  readonly path: string;
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO';
  readonly content?: string | Buffer;
  readonly linkpath?: string;
  /** 0o755 for folders and 0o644 for everything else, if not given. */
  readonly mode?: number;
};

/** A .tgz with exactly these entries, also those that no well-meaning tool would write. */
export function tgz(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = 'File', content = '', linkpath, mode }) => {
    const data = Buffer.from(content);
    const header = new Header({
      path,
      type,
      size: data.length,
      mode: mode ?? (type === 'Directory' ? 0o755 : 0o644),
      mtime: new Date(0),
      uid: 4242,
      ...(linkpath === undefined ? {} : { linkpath }),
    });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    return [block, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 1 });
}

/** Bytes that no compression makes fewer of, always the same. */
export function noise(size: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(size));
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
