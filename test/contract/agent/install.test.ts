import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sha256, tgz } from './archives.ts';
import { useBundledAgent } from './bundled-agent.ts';
import { BOOTSTRAP_TOKEN } from './metadata-service.ts';
import { beaten } from './scripted-registry.ts';

const surroundings = useBundledAgent();

it('registers, beats, installs what the plan says and reports it', async () => {
  const { registry, artefacts, home, startAgent } = surroundings();
  const archive = tgz([{ path: 'main.js', content: 'one' }]);
  const url = artefacts.publish('/seo-all-1.0.0.tgz', archive);
  const plan = {
    plan_id: 'p1',
    actions: [{ action: 'install', name: 'seo-all', version: '1.0.0', url, sha256: sha256(archive) }],
  };
  registry.script.heartbeat = () => beaten(plan);
  startAgent();
  const first = await registry.until('a register', ({ route }) => route === 'register');
  expect(first).toMatchObject({ token: BOOTSTRAP_TOKEN, body: { plugins: [] } });
  const report = await registry.until('the report', ({ body }) => body.plugins?.[0]?.version === '1.0.0');
  expect(report).toMatchObject({ route: 'heartbeat', token: 'runtime-1', body: { plan_id: 'p1' } });
  expect(await readFile(join(home, 'plugins/seo-all/current/main.js'), 'utf8')).toBe('one');
  expect(artefacts.requests).toHaveLength(1);
});
