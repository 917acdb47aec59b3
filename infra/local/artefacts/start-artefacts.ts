import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { create } from 'tar';
import { portOf } from '../ports.ts';

/** A plugin as a declaration names it. */
export type DeclaredPlugin = {
  readonly name: string;
  readonly version: string;
  /** Where its .tgz is. */
  readonly source: string;
  /** Of the .tgz, in hexadecimal. */
  readonly sha256: string;
};

export type Artefacts = {
  readonly url: string;
  readonly seoAll: DeclaredPlugin;
  stop(): Promise<void>;
};

/**
 * Packs the plugin `seo-all` and serves it on 127.0.0.1; every other path is 404.
 *
 * @param folder where the archive is written
 */
export async function startArtefacts(folder: string): Promise<Artefacts> {
  const name = 'seo-all';
  const version = '1.0.0';
  const path = `/${name}-${version}.tgz`;
  const archive = await pack(join(import.meta.dirname, name), join(folder, path));
  const server = createServer((request, response) => {
    if (request.url === path) response.writeHead(200, { 'content-type': 'application/gzip' }).end(archive);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${portOf(server)}`;
  const sha256 = createHash('sha256').update(archive).digest('hex');
  return {
    url,
    seoAll: { name, version, source: `${url}${path}`, sha256 },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function pack(content: string, file: string): Promise<Buffer> {
  await create({ file, cwd: content, gzip: true, portable: true }, ['.']);
  return await readFile(file);
}
