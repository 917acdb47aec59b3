import type { IncomingMessage, ServerResponse } from 'node:http';
import { DownloadFaults } from './downloads/faults.ts';
import { listen } from './downloads/listen.ts';
import { type Part, partOf } from './downloads/part.ts';
import { sendPart } from './downloads/send-part.ts';
import { type StoredObject, storedObject } from './downloads/stored-object.ts';
import { type Account, checkLink } from './presigned/check-link.ts';
import { errorDocument, S3Error } from './s3-error.ts';

/** A running server; `url` is what the client takes as its endpoint, with buckets in the path. */
export type S3 = {
  readonly url: string;
  /** Stores an object; its bucket comes to be with its first one. */
  put(bucket: string, key: string, body: Buffer): void;
  stop(): Promise<void>;
};

export type S3Options = {
  readonly account: Account;
  readonly faults?: DownloadFaults;
  readonly now?: () => Date;
};

/**
 * Serves GetObject and HeadObject of Amazon S3 on 127.0.0.1 for pre-signed links (Signature Version 4, buckets in the
 * path), ranges included.
 */
export async function startS3({
  account,
  faults = new DownloadFaults(),
  now = () => new Date(),
}: S3Options): Promise<S3> {
  const buckets = new Map<string, Map<string, StoredObject>>();

  function find(path: string): StoredObject {
    const [, bucket = '', key = ''] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const objects = buckets.get(bucket);
    if (objects === undefined) {
      throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucket });
    }
    const name = decodeURIComponent(key);
    const object = objects.get(name);
    if (object === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: name });
    return object;
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', headers, url = '' } = request;
    const [path = '', query = ''] = url.split('?', 2);
    if (method !== 'GET' && method !== 'HEAD') {
      throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
        Method: method,
      });
    }
    checkLink({ method, path, query: new URLSearchParams(query), headers }, account, now());
    const object = find(path);
    const part = wantedPart(request, object);
    const fault = method === 'GET' ? faults.take() : undefined;
    if (fault === 'error') throw new S3Error('InternalError', 'We encountered an internal error. Please try again.');
    if (fault === 'expired') throw new S3Error('AccessDenied', 'Request has expired');
    sendPart(request, response, object, part, fault === 'cut');
  }

  const { url, stop } = await listen((request, response) => {
    try {
      answer(request, response);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      response.writeHead(error.status, { 'content-type': 'application/xml' }).end(errorDocument(error));
    }
  });
  return {
    url,
    stop,
    put(bucket, key, body) {
      const objects = buckets.get(bucket) ?? new Map<string, StoredObject>();
      buckets.set(bucket, objects.set(key, storedObject(body, 'application/octet-stream', now())));
    },
  };
}

function wantedPart({ headers }: IncomingMessage, object: StoredObject): Part {
  const part = partOf(headers, object);
  switch (part) {
    case 'precondition_failed':
      throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
        Condition: 'If-Match',
      });
    case 'invalid_range':
      throw new S3Error('InvalidRange', 'The requested range is not satisfiable', {
        RangeRequested: headers.range ?? '',
        ActualObjectSize: object.body.length,
      });
    default:
      return part;
  }
}
