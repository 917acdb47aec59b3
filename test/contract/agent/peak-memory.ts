import { createCipheriv, createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Header } from 'tar';
import { startSurroundings } from './agent-process.ts';
import { beaten } from './scripted-registry.ts';

const PIECE = Buffer.alloc(1_000_000);

/** A .tgz with one file of so many million bytes that no compression makes fewer of; never whole in memory. */
function artefactOf(megabytes: number): Readable {
  const size = megabytes * PIECE.length;
  const header = Buffer.alloc(512);
  new Header({ path: 'data', type: 'File', size, mode: 0o644, mtime: new Date(0) }).encode(header, 0);
  function* content(): Generator<Buffer> {
    const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
    yield header;
    for (let piece = 0; piece < megabytes; piece += 1) yield cipher.update(PIECE);
    yield Buffer.alloc((512 - (size % 512)) % 512);
    yield Buffer.alloc(1024);
  }
  return Readable.from(content()).pipe(createGzip({ level: 0 }));
}

/** The most memory that a running process has had (resident), in bytes. Reads /proc: Linux only. */
async function peakOf(pid: number | undefined): Promise<number> {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error('the system does not tell the peak of a process');
  return Number(kilobytes) * 1024;
}

export type Installed = { readonly peakBytes: number; readonly seconds: number };

/** Has an agent of its own install an artefact of so many million bytes, and measures it. */
export async function measureInstall(bundle: string, megabytes: number): Promise<Installed> {
  const hash = createHash('sha256');
  await pipeline(artefactOf(megabytes), hash);
  const action = { action: 'install', name: 'large', version: '1', sha256: hash.digest('hex') };
  const surroundings = await startSurroundings(bundle);
  try {
    const { registry, artefacts, startAgent } = surroundings;
    const url = artefacts.publish('/large.tgz', (response) => pipeline(artefactOf(megabytes), response));
    registry.script.heartbeat = () => beaten({ plan_id: 'large', actions: [{ ...action, url }] }, 1);
    const startedAt = performance.now();
    const agent = startAgent();
    const done = await registry.until('the install', ({ body }) => body.plugins?.[0] !== undefined, 300_000);
    if (done.body.plugins?.[0]?.version !== '1') throw new Error(JSON.stringify(done.body.plugins));
    return { peakBytes: await peakOf(agent.child.pid), seconds: (done.at - startedAt) / 1000 };
  } finally {
    await surroundings.stop();
  }
}
