import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './alive.ts';
import { sha256, tgz } from './archives.ts';
import { serveParts } from './artefact-server.ts';
import { testWithAgent } from './bundled-agent.ts';
import { installPlan } from './plans.ts';
import { beaten } from './scripted-registry.ts';

const it = testWithAgent();

const good = tgz([{ path: 'main.js', content: 'good' }]);

it.concurrent('killed in the middle of a download, it goes on there after its restart and leaves nothing behind', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/a.tgz', (response) => {
    response.writeHead(200, { 'content-length': good.length }).write(good.subarray(0, 20));
  });
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url, archive: good }));
  const agent = startAgent();
  const part = join(home, `plugins/.downloads/seo-all@${sha256(good)}.part`);
  await expect.poll(() => readFile(part).catch(() => '')).toHaveLength(20);
  agent.child.kill('SIGKILL');
  await agent.ended;

  artefacts.publish('/a.tgz', serveParts(good));
  startAgent();
  await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  expect(artefacts.ranges).toEqual([undefined, 'bytes=20-']);
  // A beat may come between the switch, from which on the version is reported, and the deleting of what led to it.
  await expect.poll(() => readdir(join(home, 'plugins/.staging')), { timeout: 10_000 }).toEqual([]);
  expect(await readdir(join(home, 'plugins/.downloads'))).toEqual([]);
});

it.concurrent('killed between the unpacking and the switch, it finishes without another download', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/a.tgz', good);
  const plan = installPlan({ name: 'seo-all', version: '1', url, archive: good });
  registry.script.heartbeat = () => beaten(plan);
  const agent = startAgent();
  await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  agent.child.kill('SIGKILL');
  await agent.ended;
  // As it is at that moment: the download has not been deleted yet, and the version is among the others.
  await rm(join(home, 'plugins/seo-all/current'));
  await writeFile(join(home, `plugins/.downloads/seo-all@${sha256(good)}.part`), good);
  const restartedAt = performance.now();

  startAgent();
  const boot = await registry.until('the register', ({ route, at }) => route === 'register' && at > restartedAt);
  expect(boot.body.plugins).toEqual([]);
  await registry.until('the report', ({ body, at }) => at > boot.at && body.plugins?.[0]?.version === '1');
  expect(artefacts.requests).toHaveLength(1);
});

it.concurrent('killed in the middle of a post_install, it ends with the agent, and is run anew after its restart', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const runs = join(home, 'runs');
  const setup = `#!/bin/sh\necho $$ >> ${runs}\ntouch half-done || exit 1\n[ -e ${runs}.enough ] || sleep 60\ntouch done`;
  const withHook = tgz([
    { path: 'plugin.json', content: JSON.stringify({ post_install: { command: ['./setup.sh'] } }) },
    { path: 'setup.sh', content: setup, mode: 0o755 },
  ]);
  const url = artefacts.publish('/a.tgz', withHook);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url, archive: withHook }));
  const pids = async () => (await readFile(runs, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
  const agent = startAgent();
  await expect.poll(pids).toHaveLength(1);
  agent.child.kill('SIGKILL');
  await agent.ended;
  const [first = 0] = await pids();
  await expect.poll(() => isAlive(first)).toBe(false);

  await writeFile(`${runs}.enough`, '');
  startAgent();
  await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  expect(await pids()).toHaveLength(2);
  const files = await readdir(join(home, 'plugins/seo-all/current'));
  expect(files.sort()).toEqual(['done', 'half-done', 'plugin.json', 'setup.sh']);
  expect(artefacts.requests).toHaveLength(1);
});

it.concurrent('takes a link to a version that is not there for nothing, and installs it', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/a.tgz', good);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url, archive: good }));
  const agent = startAgent();
  await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  agent.child.kill('SIGKILL');
  await agent.ended;
  expect(await readlink(join(home, 'plugins/seo-all/current'))).toBe(`versions/1@${sha256(good)}`);
  await rm(join(home, 'plugins/seo-all/versions'), { recursive: true });
  await mkdir(join(home, 'plugins/seo-all/versions'));
  const restartedAt = performance.now();
  startAgent();
  await registry.until('the report', ({ body, at }) => at > restartedAt && body.plugins?.[0]?.version === '1');
  expect(artefacts.requests).toHaveLength(2);
});
