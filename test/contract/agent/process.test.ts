import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tgz } from './archives.ts';
import { testWithAgent } from './bundled-agent.ts';
import { BOOTSTRAP_TOKEN } from './metadata-service.ts';
import { installPlan } from './plans.ts';
import { beaten, refused } from './scripted-registry.ts';

const it = testWithAgent();

it.for(['SIGTERM', 'SIGINT'] as const)(
  'ends with 0 at once on %s, also during a download',
  async (signal, { expect, surroundings }) => {
    const { registry, artefacts, home, startAgent } = surroundings;
    const url = artefacts.publish('/stuck.tgz', (response) => void response.writeHead(200).write('x'));
    registry.script.heartbeat = () => beaten(installPlan({ name: 'a', version: '1', url, archive: tgz([]) }), 60);
    const agent = startAgent();
    await expect.poll(() => artefacts.requests.length, { timeout: 10_000 }).toBe(1);
    const askedAt = performance.now();
    agent.child.kill(signal);
    expect(await agent.ended).toBe(0);
    // A busy machine may delay it, but it never waits for the download's own time to run out.
    expect(performance.now() - askedAt).toBeLessThan(3_000);
    expect(await readdir(join(home, 'plugins/.staging'))).toEqual([]);
  },
);

it.concurrent('ends when its stdin ends and MUSTER_EXIT_WITH_PARENT is 1', async ({ expect, surroundings }) => {
  const { registry, startAgent } = surroundings;
  const agent = startAgent({ MUSTER_EXIT_WITH_PARENT: '1' });
  await registry.until('a heartbeat', ({ route }) => route === 'heartbeat');
  agent.child.stdin?.end();
  expect(await agent.ended).toBe(0);
});

it.concurrent('outlives its stdin otherwise', async ({ expect, surroundings }) => {
  const { registry, startAgent } = surroundings;
  const agent = startAgent({ MUSTER_EXIT_WITH_PARENT: undefined });
  agent.child.stdin?.end();
  await registry.until('three beats', () => registry.of('heartbeat').length === 3);
  expect(agent.child.exitCode).toBeNull();
});

it.concurrent.for([0, 2])(
  'waits for a metadata service that fails after %i good answers',
  async (good, { surroundings }) => {
    const { registry, metadata, startAgent } = surroundings;
    metadata.failNext(2, good);
    startAgent();
    await registry.until('a register', ({ route }) => route === 'register');
  },
);

it.concurrent('ends with 0 when it is told to while it waits for the metadata service', async ({
  expect,
  surroundings,
}) => {
  const { metadata, startAgent } = surroundings;
  metadata.failNext(1_000);
  const agent = startAgent();
  await expect.poll(() => agent.log()).toContain('metadata.failed');
  agent.child.kill('SIGTERM');
  expect(await agent.ended).toBe(0);
});

it.concurrent('outlives the reader of its log', async ({ expect, surroundings }) => {
  const { registry, startAgent } = surroundings;
  registry.script.heartbeat = (_call, nth) => (nth === 2 ? refused(401, 'unauthorized') : beaten());
  const agent = startAgent();
  agent.child.stdout?.destroy();
  await registry.until('five beats', () => registry.of('heartbeat').length === 5);
  expect(agent.child.exitCode).toBeNull();
});

it.concurrent('ends with 1 and says why when its user data holds no part for it', async ({ expect, surroundings }) => {
  const { metadata, startAgent } = surroundings;
  metadata.setUserData(null);
  const agent = startAgent();
  expect(await agent.ended).toBe(1);
  expect(agent.log()).toContain('the user data has no part of type application/vnd.muster.bootstrap+json');
});

it.concurrent('names the environment variable that is wrong and ends with 1', async ({ expect, surroundings }) => {
  const { startAgent } = surroundings;
  const agent = startAgent({ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'nowhere' });
  expect(await agent.ended).toBe(1);
  expect(agent.log()).toContain('AWS_EC2_METADATA_SERVICE_ENDPOINT');
});

it.concurrent('logs one JSON object a line, and never a token', async ({ expect, surroundings }) => {
  const { registry, startAgent } = surroundings;
  registry.script.heartbeat = (_call, nth) => (nth === 2 ? refused(401, 'unauthorized') : beaten({ plan_id: 1 }));
  const agent = startAgent();
  await registry.until('four beats', () => registry.of('heartbeat').length === 4);
  agent.child.kill('SIGTERM');
  await agent.ended;
  const lines = agent
    .log()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['started', 'registered', 'workspace.status', 'beat.failed', 'plan.unreadable', 'ended']),
  );
  expect(agent.log()).not.toContain(BOOTSTRAP_TOKEN);
  expect(agent.log()).not.toContain('runtime-1');
});
