import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startArtefacts } from '../../../infra/local/artefacts/start-artefacts.ts';
import { createArtefactLinks } from '../../../lib/adapters/s3/artefact-links.ts';
import { account, startedS3 } from './started.ts';

async function started() {
  const folder = await mkdtemp(join(tmpdir(), 'muster-artefacts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { s3, faults } = await startedS3();
  const artefacts = await startArtefacts(folder, s3, faults);
  onTestFinished(() => artefacts.stop());
  const config = { region: account.region, endpoint: s3.url };
  const links = createArtefactLinks(config, { credentials: async () => account, now: () => new Date() });
  return { folder, artefacts, faults, links };
}

describe('an artefact of the local stack', () => {
  it('is the same from the web and from S3, and is what its declaration says', async () => {
    const { folder, artefacts, links } = await started();
    const { web, s3 } = await artefacts.publish('1.2.3');
    expect(s3.source).toBe('s3://muster-artefacts/seo-all-1.2.3.tgz');
    expect({ ...s3, source: web.source }).toEqual(web);
    for (const { source, sha256 } of [web, s3]) {
      const body = Buffer.from(await (await fetch(await links.linkTo(source))).arrayBuffer());
      expect(createHash('sha256').update(body).digest('hex')).toBe(sha256);
    }
    const to = await mkdtemp(join(folder, 'unpacked-'));
    await extract({ file: join(folder, 'seo-all-1.2.3.tgz'), cwd: to });
    expect(JSON.parse(await readFile(join(to, 'plugin.json'), 'utf8'))).toMatchObject({
      name: 'seo-all',
      version: '1.2.3',
    });
  });

  it('is one of several versions, each with its own checksum', async () => {
    const { artefacts } = await started();
    const versions = [await artefacts.publish('1.0.0'), await artefacts.publish('1.1.0')];
    expect(new Set(versions.map(({ web }) => web.sha256)).size).toBe(2);
    for (const { web } of versions) expect((await fetch(web.source)).status).toBe(200);
  });

  it.each([
    [{ range: 'bytes=4-7' }, 206],
    [{ range: 'bytes=9999999-' }, 416],
    [{ 'if-match': '"another"' }, 412],
  ])('is given from the web as %j asks', async (headers, status) => {
    const { artefacts } = await started();
    const { web } = await artefacts.publish('1.0.0');
    const whole = Buffer.from(await (await fetch(web.source)).arrayBuffer());
    const response = await fetch(web.source, { headers });
    expect(response.status).toBe(status);
    if (status === 206) expect(Buffer.from(await response.arrayBuffer())).toEqual(whole.subarray(4, 8));
  });

  it('is described to HEAD without a body, which no fault meets', async () => {
    const { artefacts, faults } = await started();
    const { web } = await artefacts.publish('1.0.0');
    faults.set({ error: 1 });
    const response = await fetch(web.source, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100);
    expect((await fetch(`${artefacts.url}/none.tgz`)).status).toBe(404);
  });

  it.each([
    [{ error: 1 }, 500],
    [{ expired: 1 }, 403],
  ])('meets faults on the web too: %j', async (shares, status) => {
    const { artefacts, faults } = await started();
    const { web } = await artefacts.publish('1.0.0');
    faults.set(shares);
    expect((await fetch(web.source)).status).toBe(status);
    faults.set({ cut: 1 });
    await expect((await fetch(web.source)).arrayBuffer()).rejects.toThrow();
  });
});
