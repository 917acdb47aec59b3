import { watch } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sha256, tgz } from './archives.ts';
import { testWithAgent } from './bundled-agent.ts';
import { installPlan } from './plans.ts';
import { beaten } from './scripted-registry.ts';

const it = testWithAgent();

const good = tgz([{ path: 'main.js', content: 'good' }]);

it.concurrent('killed in the middle of a download, it finishes after its restart and leaves nothing behind', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/a.tgz', (response) => {
    response.writeHead(200, { 'content-length': good.length }).write(good.subarray(0, 20));
  });
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url, archive: good }));
  const agent = startAgent();
  await expect.poll(() => readdir(join(home, 'plugins/.staging')).catch(() => []), { timeout: 10_000 }).toHaveLength(1);
  agent.child.kill('SIGKILL');
  await agent.ended;

  artefacts.publish('/a.tgz', good);
  startAgent();
  await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  // A beat may come between the switch, from which on the version is reported, and the deleting of what led to it.
  await expect.poll(() => readdir(join(home, 'plugins/.staging')), { timeout: 10_000 }).toEqual([]);
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
  await rm(join(home, 'plugins/seo-all/current'));
  const restartedAt = performance.now();

  startAgent();
  const boot = await registry.until('the register', ({ route, at }) => route === 'register' && at > restartedAt);
  expect(boot.body.plugins).toEqual([]);
  await registry.until('the report', ({ body, at }) => at > boot.at && body.plugins?.[0]?.version === '1');
  expect(artefacts.requests).toHaveLength(1);
});

it.concurrent('killed at any point of a change of version, what is in place is whole, and the change is finished in the end', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const files = Array.from({ length: 150 }, (_, index) => `folder/${index}`);
  const versions = ['1', '2'].map((version) => {
    const archive = tgz(files.map((path) => ({ path, content: version })));
    return { name: 'seo-all', version, url: artefacts.publish(`/${version}.tgz`, archive), archive };
  });
  const [first, second] = versions;
  if (first === undefined || second === undefined) throw new Error('two versions');
  const inPlace = async (): Promise<string> => {
    const current = join(home, 'plugins/seo-all/current');
    const contents = await Promise.all(files.map((path) => readFile(join(current, path), 'utf8')));
    expect(new Set(contents).size).toBe(1);
    return contents[0] ?? '';
  };

  registry.script.heartbeat = () => beaten(installPlan(first));
  let agent = startAgent();
  await registry.until('the first version', ({ body }) => body.plugins?.[0]?.version === '1');

  agent.child.kill('SIGKILL');
  await agent.ended;
  let whole = '1';
  for (const afterMs of [0, 15, 30, 50]) {
    registry.script.heartbeat = () => beaten(installPlan(whole === '1' ? second : first));
    const startedAt = performance.now();
    agent = startAgent();
    await registry.until('a beat', ({ route, at }) => route === 'heartbeat' && at > startedAt);
    await delay(afterMs);
    agent.child.kill('SIGKILL');
    await agent.ended;
    whole = await inPlace();
  }
  startAgent();
  registry.script.heartbeat = () => beaten(installPlan(second));
  const restartedAt = performance.now();
  await registry.until('the second version', ({ body, at }) => at > restartedAt && body.plugins?.[0]?.version === '2');
  expect(await inPlace()).toBe('2');
});

it('killed in the moment in which a version gets its name, the version is whole after the restart', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const files = Array.from({ length: 800 }, (_, index) => `${index}`);
  const archive = tgz(files.map((path) => ({ path, content: path })));
  const first = { name: 'seo-all', version: '1', url: artefacts.publish('/1.tgz', good), archive: good };
  const second = { name: 'seo-all', version: '2', url: artefacts.publish('/2.tgz', archive), archive };
  registry.script.heartbeat = () => beaten(installPlan(first));
  const agent = startAgent();
  await registry.until('the first version', ({ body }) => body.plugins?.[0]?.version === '1');
  const watcher = watch(join(home, 'plugins/seo-all/versions'), () => agent.child.kill('SIGKILL'));
  registry.script.heartbeat = () => beaten(installPlan(second));
  await agent.ended;
  watcher.close();

  startAgent();
  await registry.until('the second version', ({ body }) => body.plugins?.[0]?.version === '2');
  const current = join(home, 'plugins/seo-all/current');
  expect((await readdir(current)).sort()).toEqual(files.sort());
  expect(artefacts.requests).toEqual(['/1.tgz', '/2.tgz']);
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
