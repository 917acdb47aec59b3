import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Buckets } from './buckets.ts';
import { DownloadFaults } from './downloads/faults.ts';
import { listen } from './downloads/listen.ts';
import { type Part, partOf } from './downloads/part.ts';
import { sendPart } from './downloads/send-part.ts';
import { type StoredObject, storedObject } from './downloads/stored-object.ts';
import { type Account, checkLink } from './presigned/check-link.ts';
import { errorDocument, S3Error } from './s3-error.ts';
import { checkUpload } from './uploads/check-upload.ts';

/** A running server; `url` is what the client takes as its endpoint, with buckets in the path. */
export type S3 = {
  readonly url: string;
  /** Stores an object; its bucket comes to be with its first one. */
  put(bucket: string, key: string, body: Buffer): void;
  /** What is in a bucket by now, by key. */
  objectsOf(bucket: string): ReadonlyMap<string, StoredObject>;
  stop(): Promise<void>;
};

export type S3Options = {
  readonly account: Account;
  /** Buckets that are there before the first object. */
  readonly buckets?: readonly string[];
  readonly faults?: DownloadFaults;
  readonly now?: () => Date;
};

/**
 * Serves GetObject and HeadObject of Amazon S3 on 127.0.0.1 for pre-signed links, ranges included, and PutObject for what
 * is signed in its headers (Signature Version 4, buckets in the path).
 */
export async function startS3({
  account,
  buckets: names = [],
  faults = new DownloadFaults(),
  now = () => new Date(),
}: S3Options): Promise<S3> {
  const buckets = new Buckets();
  for (const name of names) buckets.make(name);

  function download({ method, ...request }: Asked, response: ServerResponse): void {
    checkLink({ method, ...request }, account, now());
    const object = buckets.find(request.path);
    const part = wantedPart(request.message, object);
    const fault = method === 'GET' ? faults.take() : undefined;
    if (fault === 'error') throw new S3Error('InternalError', 'We encountered an internal error. Please try again.');
    if (fault === 'expired') throw new S3Error('AccessDenied', 'Request has expired');
    sendPart(request.message, response, object, part, fault === 'cut');
  }

  async function upload(request: Asked, response: ServerResponse): Promise<void> {
    const body = await buffer(request.message);
    checkUpload(request, body, account, now());
    const { etag } = buckets.store(request.path, request.headers, body, now());
    response.writeHead(200, { etag }).end();
  }

  async function answer(request: Asked, response: ServerResponse): Promise<void> {
    const { method } = request;
    if (method === 'PUT') return upload(request, response);
    if (method === 'GET' || method === 'HEAD') return download(request, response);
    throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      Method: method,
    });
  }

  const { url, stop } = await listen((message, response) => {
    answer(asked(message), response).catch((error: unknown) => {
      if (!(error instanceof S3Error)) return response.destroy(error instanceof Error ? error : undefined);
      return response.writeHead(error.status, { 'content-type': 'application/xml' }).end(errorDocument(error));
    });
  });
  return {
    url,
    stop,
    objectsOf: (bucket) => buckets.make(bucket),
    put(bucket, key, body) {
      buckets.make(bucket).set(key, storedObject(body, 'application/octet-stream', now()));
    },
  };
}

type Asked = ReturnType<typeof asked>;

function asked(message: IncomingMessage) {
  const { method = '', headers, url = '' } = message;
  const [path = '', query = ''] = url.split('?', 2);
  return { message, method, path, query: new URLSearchParams(query), headers };
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
