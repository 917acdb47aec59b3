import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256, tgz } from './archives.ts';
import { testWithAgent } from './bundled-agent.ts';
import { installPlan } from './plans.ts';
import { beaten } from './scripted-registry.ts';

const it = testWithAgent();

const one = tgz([{ path: 'main.js', content: 'one' }]);
const two = tgz([{ path: 'main.js', content: 'two' }]);

it.concurrent('installs what a plan says, reports it early, and reports it again at the next register', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/seo-all.tgz', one);
  const plan = installPlan({ name: 'seo-all', version: '1.0.0', url, archive: one });
  registry.script.heartbeat = (_call, nth) => beaten(nth === 1 ? plan : undefined, nth === 1 ? 60 : undefined);
  const agent = startAgent();
  const report = await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1.0.0');
  expect(report).toMatchObject({
    route: 'heartbeat',
    body: { plan_id: plan.plan_id, plugins: [{ name: 'seo-all', version: '1.0.0', sha256: sha256(one) }] },
  });
  expect(report.body.plugins?.[0]).not.toHaveProperty('failed');
  expect(await readFile(join(home, 'plugins/seo-all/current/main.js'), 'utf8')).toBe('one');

  agent.child.kill('SIGKILL');
  await agent.ended;
  startAgent();
  const again = await registry.until('another register', (call) => call.route === 'register' && call.at > report.at);
  expect(again.body.plugins).toEqual([{ name: 'seo-all', version: '1.0.0', sha256: sha256(one) }]);
});

it.concurrent('replaces a version, keeps the one before for processes that run from it, and removes the rest', async ({
  expect,
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
  const kept = async () =>
    (await readdir(join(home, 'plugins/seo-all/versions'))).map((folder) => folder.split('@', 1)[0]).sort();
  // A beat may come between the switch, from which on the version is reported, and the deleting of the oldest.
  await expect.poll(kept, { timeout: 10_000 }).toEqual(['2.0.0', '3.0.0']);
  expect(await readFile(join(home, 'plugins/seo-all/current/main.js'), 'utf8')).toBe('3.0.0');
});

it.concurrent('removes what the plan says and nothing else', async ({ expect, surroundings }) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/one.tgz', one);
  registry.script.heartbeat = () =>
    beaten(installPlan({ name: 'a', version: '1', url, archive: one }, { name: 'b', version: '1', url, archive: one }));
  startAgent();
  const both = await registry.until('both', ({ body }) => body.plugins?.length === 2);
  registry.script.heartbeat = () => beaten({ plan_id: 'p2', actions: [{ action: 'remove', name: 'a' }] });
  const left = await registry.until('one left', ({ body, at }) => at > both.at && body.plugins?.length === 1);
  expect(left.body.plugins).toEqual([{ name: 'b', version: '1', sha256: sha256(one) }]);
  expect(await readdir(join(home, 'plugins'))).not.toContain('a');
  const again = await registry.until('it asked twice more', ({ at }) => at > left.at + 150);
  expect(again.body.plugins).toEqual([{ name: 'b', version: '1', sha256: sha256(one) }]);
});

it('does not download what is in place with that version and sha256, however often it is asked', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, startAgent } = surroundings;
  const url = artefacts.publish('/one.tgz', one);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url, archive: one }));
  startAgent();
  const report = await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  await registry.until('five more beats', ({ at }) => at > report.at + 250);
  expect(artefacts.requests).toHaveLength(1);
});

it.concurrent('installs again when the same version is declared with another sha256', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/one.tgz', one);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url, archive: one }));
  const agent = startAgent();
  await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  const other = artefacts.publish('/two.tgz', two);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url: other, archive: two }));
  await expect.poll(() => agent.log().match(/plugin\.installed/g)?.length, { timeout: 10_000 }).toBe(2);
  expect(await readFile(join(home, 'plugins/seo-all/current/main.js'), 'utf8')).toBe('two');
});

it.concurrent('reports a plugin that was deleted by hand as gone', async ({ expect, surroundings }) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/one.tgz', one);
  const plan = installPlan({ name: 'seo-all', version: '1', url, archive: one });
  // Asked for once: the agent would install it again at once if the answer to its report asked for it too.
  registry.script.heartbeat = (_call, nth) => beaten(nth === 1 ? plan : undefined);
  startAgent();
  await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  await rm(join(home, 'plugins/seo-all', await readlink(join(home, 'plugins/seo-all/current'))), { recursive: true });
  const deletedAt = performance.now();
  const later = () => registry.of('heartbeat').filter(({ at }) => at > deletedAt);
  // The first of them may have been on its way already.
  await registry.until('two beats after it', () => later().length >= 2);
  expect(later()[1]?.body.plugins).toEqual([]);
});

it.concurrent('keeps beating at its pace during a slow download, and finishes it', async ({ expect, surroundings }) => {
  const { registry, artefacts, startAgent } = surroundings;
  const url = artefacts.publish('/slow.tgz', async (response) => {
    response.writeHead(200, { 'content-length': one.length });
    // Each piece waits for another beat, so that a beat which waited for the download would wait for ever.
    for (let start = 0; start < one.length; start += Math.ceil(one.length / 10)) {
      const beats = registry.of('heartbeat').length;
      response.write(one.subarray(start, start + Math.ceil(one.length / 10)));
      await registry.until('a beat during the download', () => registry.of('heartbeat').length > beats);
    }
    response.end();
  });
  registry.script.heartbeat = () => beaten(installPlan({ name: 'slow', version: '1', url, archive: one }));
  startAgent();
  const report = await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1');
  const beats = registry.of('heartbeat').filter(({ at }) => at <= report.at);
  const gaps = beats.slice(1).map(({ at }, index) => at - (beats[index]?.at ?? at));
  // Not every gap: a machine that is busy may delay some.
  expect(gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)]).toBeLessThan(500);
  expect(report.body.plugins?.[0]).not.toHaveProperty('failed');
  expect(artefacts.requests).toHaveLength(1);
});

it.concurrent('lets go of a download that another plan has superseded', async ({ expect, surroundings }) => {
  const { registry, artefacts, startAgent } = surroundings;
  const stuck = artefacts.publish('/stuck.tgz', (response) => void response.writeHead(200).write('x'));
  const url = artefacts.publish('/one.tgz', one);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '1', url: stuck, archive: one }));
  startAgent();
  await expect.poll(() => artefacts.requests, { timeout: 10_000 }).toEqual(['/stuck.tgz']);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'seo-all', version: '2', url, archive: one }));
  const report = await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '2');
  expect(report.body.plugins?.[0]).not.toHaveProperty('failed');
});
