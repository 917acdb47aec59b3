import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { tgz } from './archives.ts';
import { testWithAgent } from './bundled-agent.ts';
import { installPlan } from './plans.ts';
import { beaten, registered } from './scripted-registry.ts';

const it = testWithAgent();

const one = tgz([{ path: 'main.js', content: 'one' }]);
const two = tgz([{ path: 'main.js', content: 'two' }]);

it.concurrent('installs what a plan says, reports it early, and reports it again at the next register', async ({
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/seo-all.tgz', one);
  const plan = installPlan({ name: 'seo-all', version: '1.0.0', url, archive: one });
  registry.script.heartbeat = (_call, nth) => beaten(nth === 1 ? plan : undefined, nth === 1 ? 60 : 0.1);
  const agent = startAgent();
  const report = await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1.0.0');
  expect(report).toMatchObject({
    route: 'heartbeat',
    body: { plan_id: plan.plan_id, plugins: [{ name: 'seo-all', version: '1.0.0' }] },
  });
  expect(report.body.plugins?.[0]).not.toHaveProperty('failed');
  expect(await readFile(join(home, 'plugins/seo-all/current/main.js'), 'utf8')).toBe('one');

  agent.child.kill('SIGKILL');
  await agent.ended;
  startAgent();
  const again = await registry.until('another register', (call) => call.route === 'register' && call.at > report.at);
  expect(again.body.plugins).toEqual([{ name: 'seo-all', version: '1.0.0' }]);
});

it.concurrent('replaces a version, keeps the one before for processes that run from it, and removes the rest', async ({
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const versions = ['1.0.0', '2.0.0', '3.0.0'].map((version) => {
    const archive = tgz([{ path: 'main.js', content: version }]);
    return { name: 'seo-all', version, url: artefacts.publish(`/${version}.tgz`, archive), archive };
  });
  startAgent();
  for (const version of versions) {
    registry.script.heartbeat = () => beaten(installPlan(version));
    await registry.until(version.version, ({ body }) => body.plugins?.[0]?.version === version.version);
  }
  const kept = (await readdir(join(home, 'plugins/seo-all/versions'))).map((folder) => folder.split('@', 1)[0]);
  expect(kept.sort()).toEqual(['2.0.0', '3.0.0']);
  expect(await readFile(join(home, 'plugins/seo-all/current/main.js'), 'utf8')).toBe('3.0.0');
});

it.concurrent('removes what the plan says and nothing else', async ({ surroundings }) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/one.tgz', one);
  registry.script.heartbeat = () =>
    beaten(installPlan({ name: 'a', version: '1', url, archive: one }, { name: 'b', version: '1', url, archive: one }));
  startAgent();
  const both = await registry.until('both', ({ body }) => body.plugins?.length === 2);
  registry.script.heartbeat = () => beaten({ plan_id: 'p2', actions: [{ action: 'remove', name: 'a' }] });
  const left = await registry.until('one left', ({ body, at }) => at > both.at && body.plugins?.length === 1);
  expect(left.body.plugins).toEqual([{ name: 'b', version: '1' }]);
  expect(await readdir(join(home, 'plugins'))).not.toContain('a');
});

it('does not download what is in place with that version and sha256, however often it is asked', async ({
  surroundings,
}) => {
  const { registry, artefacts, startAgent } = surroundings;
  const url = artefacts.publish('/one.tgz', one);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url, archive: one }), 0.05);
  startAgent();
  const report = await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  await registry.until('five more beats', ({ at }) => at > report.at + 250);
  expect(artefacts.requests).toHaveLength(1);
});

it.concurrent('installs again when the same version is declared with another sha256', async ({ surroundings }) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/one.tgz', one);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url, archive: one }));
  const agent = startAgent();
  await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  const other = artefacts.publish('/two.tgz', two);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url: other, archive: two }));
  await expect.poll(() => agent.log().match(/plugin\.installed/g)?.length, { timeout: 5_000 }).toBe(2);
  expect(await readFile(join(home, 'plugins/seo-all/current/main.js'), 'utf8')).toBe('two');
});

it.concurrent('reports a plugin that was deleted by hand as gone', async ({ surroundings }) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/one.tgz', one);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url, archive: one }));
  startAgent();
  await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  registry.script.heartbeat = () => beaten();
  await rm(join(home, 'plugins/seo-all', await readlink(join(home, 'plugins/seo-all/current'))), { recursive: true });
  const deletedAt = performance.now();
  const report = await registry.until('a beat after it', ({ at }) => at > deletedAt + 50);
  expect(report.body.plugins).toEqual([]);
});

it('keeps beating at its pace during a slow download, and finishes it', async ({ surroundings }) => {
  const { registry, artefacts, startAgent } = surroundings;
  const url = artefacts.publish('/slow.tgz', async (response) => {
    response.writeHead(200, { 'content-length': one.length });
    for (const byte of one) {
      response.write(Buffer.from([byte]));
      await delay(1_000 / one.length);
    }
    response.end();
  });
  registry.script.register = () => registered('runtime-1', 0.05);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'slow', version: '1', url, archive: one }), 0.05);
  startAgent();
  const report = await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  const beats = registry.of('heartbeat').filter(({ at }) => at <= report.at);
  const gaps = beats.slice(1).map(({ at }, index) => at - (beats[index]?.at ?? at));
  expect(beats.length).toBeGreaterThan(8);
  expect(Math.max(...gaps)).toBeLessThan(500);
  expect(artefacts.requests).toHaveLength(1);
});

it.concurrent('lets go of a download that another plan has superseded', async ({ surroundings }) => {
  const { registry, artefacts, startAgent } = surroundings;
  const stuck = artefacts.publish('/stuck.tgz', (response) => void response.writeHead(200).write('x'));
  const url = artefacts.publish('/one.tgz', one);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url: stuck, archive: one }));
  startAgent();
  await expect.poll(() => artefacts.requests, { timeout: 5_000 }).toEqual(['/stuck.tgz']);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '2', url, archive: one }));
  const report = await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '2');
  expect(report.body.plugins?.[0]).not.toHaveProperty('failed');
});
