import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DownloadFaults } from '../s3/downloads/faults.ts';
import { listen } from '../s3/downloads/listen.ts';
import { partOf } from '../s3/downloads/part.ts';
import { sendPart } from '../s3/downloads/send-part.ts';
import { type StoredObject, storedObject } from '../s3/downloads/stored-object.ts';
import type { S3 } from '../s3/server.ts';
import { pack } from './pack.ts';

/** A plugin as a declaration names it. */
export type DeclaredPlugin = {
  readonly name: string;
  readonly version: string;
  /** Where its .tgz is. */
  readonly source: string;
  /** Of the .tgz, in hexadecimal. */
  readonly sha256: string;
};

/** One plugin, by each way that its artefact can be fetched: from a web server, and from a bucket. */
export type PublishedPlugin = { readonly web: DeclaredPlugin; readonly s3: DeclaredPlugin };

export type Artefacts = {
  readonly url: string;
  /** Packs the plugin `seo-all` as this version, and publishes it. */
  publish(version: string): Promise<PublishedPlugin>;
  stop(): Promise<void>;
};

const NAME = 'seo-all';
const BUCKET = 'muster-artefacts';

/**
 * Publishes versions of one plugin, on a web server on 127.0.0.1 and in the bucket `muster-artefacts`.
 *
 * @param folder where the archives are written
 * @param faults what downloads from the web server meet
 */
export async function startArtefacts(folder: string, s3: S3, faults: DownloadFaults): Promise<Artefacts> {
  const files = new Map<string, StoredObject>();
  const { url, stop } = await listen((request, response) => {
    const file = files.get(request.url ?? '');
    if (file === undefined) response.writeHead(404).end();
    else answer(request, response, file, faults);
  });
  return {
    url,
    stop,
    async publish(version) {
      const file = `${NAME}-${version}.tgz`;
      const archive = await pack(NAME, version, folder);
      files.set(`/${file}`, storedObject(archive, 'application/gzip'));
      s3.put(BUCKET, file, archive);
      const sha256 = createHash('sha256').update(archive).digest('hex');
      const from = (source: string): DeclaredPlugin => ({ name: NAME, version, source, sha256 });
      return { web: from(`${url}/${file}`), s3: from(`s3://${BUCKET}/${file}`) };
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, file: StoredObject, faults: DownloadFaults): void {
  const part = partOf(request.headers, file);
  const fault = request.method === 'HEAD' ? undefined : faults.take();
  if (fault === 'error') response.writeHead(500).end();
  else if (fault === 'expired') response.writeHead(403).end();
  else if (part === 'precondition_failed') response.writeHead(412).end();
  else if (part === 'invalid_range') response.writeHead(416).end();
  else sendPart(request, response, file, part, fault === 'cut');
}
