import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Surroundings, startSurroundings } from './agent-process.ts';
import { sha256 } from './archives.ts';
import { bad, good } from './bad-artefacts.ts';
import { useBundle } from './bundled-agent.ts';
import { installPlan } from './plans.ts';
import { beaten, type Call } from './scripted-registry.ts';

// One agent, and a plugin for every case: a start for each would be most of the time.
const bundle = useBundle();
let surroundings: Surroundings;
beforeAll(async () => {
  surroundings = await startSurroundings(bundle());
  surroundings.startAgent();
});
afterAll(() => surroundings.stop());

it.each(bad.map((one, index) => ({ ...one, name: `case-${index}` })))(
  '$title is reported, and the old version stays',
  async ({ name, archive, query = 'X-Amz-Signature=secret', serve, reason }) => {
    const { registry, artefacts, home, log } = surroundings;
    const about = (call: Call) => call.body.plugins?.find((plugin) => plugin.name === name);
    const old = { name, version: '1.0.0', url: artefacts.publish('/good.tgz', good), archive: good };
    registry.script.heartbeat = () => beaten(installPlan(old));
    await registry.until('the old version', (call) => about(call)?.version === '1.0.0');

    const url = `${artefacts.publish('/bad.tgz', serve ?? archive)}?${query}`;
    registry.script.heartbeat = () => beaten(installPlan({ name, version: '2.0.0', url, archive }));
    const report = await registry.until('a failure', (call) => about(call)?.failed !== undefined);
    expect(about(report)).toEqual({
      name,
      version: '1.0.0',
      sha256: sha256(good),
      failed: { version: '2.0.0', reason: expect.stringMatching(reason) },
    });
    expect(await readFile(join(home, 'plugins', name, 'current/main.js'), 'utf8')).toBe('good');
    expect(await readdir(join(home, 'plugins', name, 'versions'))).toEqual([`1.0.0@${sha256(good)}`]);
    expect(log()).not.toContain('secret');
  },
);

it('a plugin that fails does not stop the rest of its plan', async () => {
  const { registry, artefacts } = surroundings;
  const url = artefacts.publish('/good.tgz', good);
  const failing = ['a', 'b', 'c', 'd'].map((name) => ({
    name,
    version: '1',
    url: `${artefacts.url}/none`,
    archive: good,
  }));
  registry.script.heartbeat = () => beaten(installPlan(...failing, { name: 'z', version: '1', url, archive: good }));
  const report = await registry.until('all of it', ({ body }) =>
    ['a', 'b', 'c', 'd', 'z'].every((name) => body.plugins?.some((plugin) => plugin.name === name)),
  );
  const about = (name: string) => report.body.plugins?.find((plugin) => plugin.name === name);
  expect(about('a')).toMatchObject({ version: null, failed: { version: '1' } });
  expect(about('z')).toEqual({ name: 'z', version: '1', sha256: sha256(good) });
});

it('a plugin that failed is tried again by itself, and its failure is forgotten when it is in place', async () => {
  const { registry, artefacts } = surroundings;
  let asked = 0;
  const url = artefacts.publish('/flaky.tgz', (response) => {
    asked += 1;
    if (asked === 1) response.writeHead(503).end();
    else response.end(good);
  });
  const about = (call: Call) => call.body.plugins?.find(({ name }) => name === 'flaky');
  registry.script.heartbeat = () => beaten(installPlan({ name: 'flaky', version: '1', url, archive: good }));
  await registry.until('the failure', (call) => about(call)?.failed !== undefined);
  const report = await registry.until('the success', (call) => about(call)?.version === '1');
  expect(about(report)).toEqual({ name: 'flaky', version: '1', sha256: sha256(good) });
});
