import { type StoredObject, storedObject } from './downloads/stored-object.ts';
import { S3Error } from './s3-error.ts';

/** What is stored, by bucket and key. */
export class Buckets {
  readonly #buckets = new Map<string, Map<string, StoredObject>>();

  /** Makes a bucket, unless it is there. */
  make(bucket: string): Map<string, StoredObject> {
    const objects = this.#buckets.get(bucket) ?? new Map<string, StoredObject>();
    this.#buckets.set(bucket, objects);
    return objects;
  }

  /** The object of a request's path (`/bucket/key`, the key as it was encoded). @throws S3Error */
  find(path: string): StoredObject {
    const { bucket, key } = partsOf(path);
    const object = this.#in(bucket).get(key);
    if (object === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
    return object;
  }

  /** Stores an upload to a bucket that is there. @throws S3Error */
  store(path: string, headers: NodeJS.Dict<string | string[]>, body: Buffer, at: Date): StoredObject {
    const { bucket, key } = partsOf(path);
    const metadata = Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith('x-amz-meta-') ? [[name, String(value)] as const] : [],
    );
    const type = String(headers['content-type'] ?? 'binary/octet-stream');
    const object = storedObject(body, type, at, Object.fromEntries(metadata));
    this.#in(bucket).set(key, object);
    return object;
  }

  #in(bucket: string): Map<string, StoredObject> {
    const objects = this.#buckets.get(bucket);
    if (objects !== undefined) return objects;
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucket });
  }
}

function partsOf(path: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
  return { bucket, key: decodeURIComponent(key) };
}
