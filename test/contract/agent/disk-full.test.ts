import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExpectStatic } from 'vitest';
import type { Surroundings } from './agent-process.ts';
import { noise, sha256, tgz } from './archives.ts';
import { testWithAgent } from './bundled-agent.ts';
import { installPlan } from './plans.ts';
import { beaten } from './scripted-registry.ts';

const it = testWithAgent();

const MOUNT = 'mount -t tmpfs -o size=1m muster-test "$MUSTER_HOME" && exec "$0" "$@"';
/** Gives an agent a disk of 1 MB that nobody else sees. */
const smallDisk = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', MOUNT];
/** Lets no file of an agent grow beyond 256 KB or, where the shell counts so, 512 KB. */
const smallFiles = ['sh', '-c', 'ulimit -f 512; exec "$0" "$@"'];

function mayMount(): boolean {
  const [command = '', ...args] = [...smallDisk, 'true'];
  try {
    execFileSync(command, args, { env: { ...process.env, MUSTER_HOME: '/tmp' }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const good = tgz([{ path: 'main.js', content: 'good' }]);
const cases = [
  { title: 'the download does not fit', archive: tgz([{ path: 'data', content: noise(2_000_000) }]) },
  { title: 'what is unpacked does not fit', archive: tgz([{ path: 'data', content: Buffer.alloc(2_000_000) }]) },
] as const;

async function checkFailure(
  { registry, artefacts, startAgent }: Surroundings,
  archive: Buffer,
  through: readonly string[],
  disk: (pid: number) => string,
  expect: ExpectStatic,
) {
  const url = artefacts.publish('/good.tgz', good);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'a', version: '1', url, archive: good }));
  const agent = startAgent({ PATH: process.env['PATH'] }, { through });
  await registry.until('the old version', ({ body }) => body.plugins?.[0]?.version === '1');
  const large = artefacts.publish('/large.tgz', archive);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'a', version: '2', url: large, archive }));
  const report = await registry.until('the failure', ({ body }) => body.plugins?.[0]?.failed !== undefined);
  const plugins = join(disk(agent.child.pid ?? 0), 'plugins');
  registry.script.heartbeat = () => beaten();
  const later = await registry.until('another beat', ({ at }) => at > report.at);
  // The answer to the report may still have asked for it: then it is tried, and fails, once more.
  const left = () => Promise.all(['.staging', '.downloads'].map((folder) => readdir(join(plugins, folder))));
  await expect.poll(left).toEqual([[], []]);
  return {
    reported: report.body.plugins,
    later: later.body.plugins?.[0]?.version,
    content: await readFile(join(plugins, 'a/current/main.js'), 'utf8'),
  };
}

const kept = (reason: unknown) => ({
  reported: [{ name: 'a', version: '1', sha256: sha256(good), failed: { version: '2', reason } }],
  later: '1',
  content: 'good',
});

it.concurrent.for(cases)(
  'a full disk is reported, the old version stays, and the room is given back: $title',
  async ({ archive }, { expect, skip, surroundings }) => {
    skip(!mayMount(), 'this system lets only root mount a disk');
    const disk = (pid: number) => join(`/proc/${pid}/root`, surroundings.home);
    expect(await checkFailure(surroundings, archive, smallDisk, disk, expect)).toEqual(
      kept(expect.stringMatching(/^the disk is full \(ENOSPC: no space left on device, /)),
    );
  },
);

it.concurrent.for(cases)(
  'a limit to the size of files is reported like a full disk: $title',
  async ({ archive }, { expect, surroundings }) => {
    expect(await checkFailure(surroundings, archive, smallFiles, () => surroundings.home, expect)).toEqual(
      kept(expect.stringMatching(/^the file is larger than the agent may write \(EFBIG: file too large, /)),
    );
  },
);
