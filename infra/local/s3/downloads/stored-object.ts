import { createHash } from 'node:crypto';

/** Something that can be downloaded. */
export type StoredObject = {
  readonly body: Buffer;
  readonly contentType: string;
  /** In quotes, as the header has it; S3's for an object that was uploaded in one part: its MD5. */
  readonly etag: string;
  readonly lastModified: Date;
  /** What its uploader says of it, by the names of the headers: `x-amz-meta-…`. */
  readonly metadata: Readonly<Record<string, string>>;
};

export function storedObject(
  body: Buffer,
  contentType: string,
  lastModified = new Date(),
  metadata: StoredObject['metadata'] = {},
): StoredObject {
  return { body, contentType, etag: `"${createHash('md5').update(body).digest('hex')}"`, lastModified, metadata };
}
