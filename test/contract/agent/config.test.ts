import { mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256, tgz } from './archives.ts';
import { testWithAgent } from './bundled-agent.ts';
import { digestOf, installPlan } from './plans.ts';
import { beaten, type Call } from './scripted-registry.ts';

const it = testWithAgent();

const archive = tgz([{ path: 'main.js', content: 'one' }]);
const strict = { depth: 3, hosts: ['a', 'b'], '': null };
const loose = { depth: 9 };
const reported = (config: unknown) => (call: Call) => call.body.plugins?.[0]?.config_digest === digestOf(config);

it.concurrent('puts a configuration in place with its version, and reports what the plan called it', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const url = artefacts.publish('/a.tgz', archive);
  registry.script.heartbeat = () => beaten(installPlan({ name: 'a', version: '1', url, archive, config: strict }));
  const agent = startAgent();
  const report = await registry.until('the report', ({ body }) => body.plugins?.length === 1);
  const inPlace = { name: 'a', version: '1', sha256: sha256(archive), config_digest: digestOf(strict) };
  expect(report.body.plugins).toEqual([inPlace]);
  expect(await readFile(join(home, 'plugins/a/current/.muster/config.json'), 'utf8')).toBe(JSON.stringify(strict));

  agent.child.kill('SIGKILL');
  await agent.ended;
  startAgent();
  const again = await registry.until('another register', (call) => call.route === 'register' && call.at > report.at);
  expect(again.body.plugins).toEqual([inPlace]);
});

it.concurrent('changes and removes a configuration under the same version without another download', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const withHook = tgz([
    { path: 'plugin.json', content: JSON.stringify({ post_install: { command: ['./setup.sh'] } }) },
    { path: 'setup.sh', content: '#!/bin/sh\necho once >> runs; env > environment', mode: 0o755 },
  ]);
  const plugin = { name: 'a', version: '1', url: artefacts.publish('/a.tgz', withHook), archive: withHook };
  const own = join(home, 'plugins/a/current/.muster');
  registry.script.heartbeat = () => beaten(installPlan({ ...plugin, config: strict }));
  const agent = startAgent();
  await registry.until('the first configuration', reported(strict));
  registry.script.heartbeat = () => beaten(installPlan({ ...plugin, config: loose }));
  const changed = await registry.until('the second configuration', reported(loose));
  expect(await readFile(join(own, 'config.json'), 'utf8')).toBe(JSON.stringify(loose));
  // The one before stays for whoever has just followed the link.
  const both = [digestOf(strict), digestOf(loose)].map((digest) => `config@${digest}.json`);
  expect((await readdir(own)).sort()).toEqual([...both, 'config.json'].sort());

  registry.script.heartbeat = () => beaten(installPlan(plugin));
  const removed = await registry.until(
    'no configuration',
    ({ body, at }) => at > changed.at && body.plugins?.[0]?.config_digest === undefined,
  );
  expect(removed.body.plugins).toEqual([{ name: 'a', version: '1', sha256: sha256(withHook) }]);
  expect(await readdir(own)).not.toContain('config.json');
  expect(artefacts.requests).toHaveLength(1);
  expect(await readFile(join(home, 'plugins/a/current/runs'), 'utf8')).toBe('once\n');
  const told = await readFile(join(home, 'plugins/a/current/environment'), 'utf8');
  expect(told).toContain('MUSTER_PLUGIN_NAME=a');
  expect(told).not.toMatch(/MUSTER_HOME|MUSTER_EXIT|AWS_/);
  const done = agent.log().match(/"plugin\.\w+"/g);
  expect(done).toEqual(['"plugin.installed"', '"plugin.configured"', '"plugin.configured"']);
});

it.concurrent('gives a version that it goes back to the configuration of now', async ({ expect, surroundings }) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const [one, two] = ['1', '2'].map((version) => {
    const content = tgz([{ path: 'main.js', content: version }]);
    return { name: 'a', version, url: artefacts.publish(`/${version}.tgz`, content), archive: content };
  });
  if (one === undefined || two === undefined) throw new Error('two versions');
  const agent = startAgent();
  for (const step of [
    { ...one, config: strict },
    { ...two, config: strict },
    { ...one, config: loose },
  ]) {
    registry.script.heartbeat = () => beaten(installPlan(step));
    await registry.until(
      'the step',
      (call) => call.body.plugins?.[0]?.version === step.version && reported(step.config)(call),
    );
  }
  expect(await readFile(join(home, 'plugins/a/current/.muster/config.json'), 'utf8')).toBe(JSON.stringify(loose));
  expect(artefacts.requests).toHaveLength(2);
  // In one step with the version, which was never in place with the configuration that it had before.
  expect(agent.log()).not.toContain('plugin.configured');
});

it.concurrent('leaves the old configuration in place when the new one cannot be written, and says why', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const plugin = { name: 'a', version: '1', url: artefacts.publish('/a.tgz', archive), archive };
  registry.script.heartbeat = () => beaten(installPlan({ ...plugin, config: strict }));
  startAgent();
  await registry.until('the first configuration', reported(strict));
  const own = join(home, 'plugins/a/current/.muster');
  await mkdir(join(own, `config@${digestOf(loose)}.json/in-the-way`), { recursive: true });
  registry.script.heartbeat = () => beaten(installPlan({ ...plugin, config: loose }));
  const report = await registry.until('the failure', ({ body }) => body.plugins?.[0]?.failed !== undefined);
  expect(report.body.plugins?.[0]).toMatchObject({
    config_digest: digestOf(strict),
    failed: { version: '1', reason: expect.stringMatching(/^E(ISDIR|NOTEMPTY|EXIST): /) },
  });
  expect(await readFile(join(own, 'config.json'), 'utf8')).toBe(JSON.stringify(strict));

  await rm(join(own, `config@${digestOf(loose)}.json`), { recursive: true });
  await registry.until('the second configuration', reported(loose));
});

it.concurrent('takes a link to a configuration that is not there for none, and writes it again', async ({
  expect,
  surroundings,
}) => {
  const { registry, artefacts, home, startAgent } = surroundings;
  const plugin = { name: 'a', version: '1', url: artefacts.publish('/a.tgz', archive), archive, config: strict };
  // Asked for only where it is missing, as the registry does.
  registry.script.heartbeat = (call) => beaten(reported(strict)(call) ? undefined : installPlan(plugin));
  startAgent();
  await registry.until('the configuration', reported(strict));
  const own = join(home, 'plugins/a/current/.muster');
  expect(await readlink(join(own, 'config.json'))).toBe(`config@${digestOf(strict)}.json`);
  const deletedAt = performance.now();
  await rm(join(own, `config@${digestOf(strict)}.json`));
  const without = await registry.until('it is missed', (call) => call.at > deletedAt && !reported(strict)(call));
  await registry.until('it is back', (call) => call.at > without.at && reported(strict)(call));
});
