import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ArchiveObjects } from '../../domain/retention.ts';

/** Milliseconds for one try: an object of the archive has a few megabytes. */
const TRY_MS = 60_000;

/**
 * Puts objects into a bucket, compressed (gzip, without a time of its own). S3 answers only for what it has whole: the client sends a checksum of what it sends.
 * @throws from `put`, what the client throws after its tries: the object may be there or not
 */
export function createObjects(
  bucket: string,
  client = new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: TRY_MS, throwOnRequestTimeout: true },
  }),
): ArchiveObjects {
  return {
    bucket,
    async put({ key, content, metadata }) {
      const body = await promisify(gzip)(content);
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: 'application/gzip',
          Metadata: metadata,
        }),
      );
    },
  };
}
