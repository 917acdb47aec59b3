import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testWithAgent } from './bundled-agent.ts';
import { BOOTSTRAP_TOKEN, WORKSPACE_ID } from './metadata-service.ts';
import { beaten, refused, registered } from './scripted-registry.ts';

const it = testWithAgent();

it.concurrent('keeps its runtime token at 0600, and after a restart registers with it under a new boot_id', async ({
  expect,
  surroundings,
}) => {
  const { registry, home, startAgent } = surroundings;
  const agent = startAgent();
  const first = await registry.until('a heartbeat', ({ route }) => route === 'heartbeat');
  expect((await stat(join(home, 'token.json'))).mode & 0o777).toBe(0o600);
  agent.child.kill('SIGKILL');
  await agent.ended;

  startAgent();
  const again = await registry.until('another register', ({ route, at }) => route === 'register' && at > first.at);
  expect(again.token).toBe('runtime-1');
  const bootIds = registry.of('register').map(({ body }) => body.boot_id ?? '');
  expect(bootIds).toHaveLength(2);
  expect(bootIds[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(bootIds[1]).not.toBe(bootIds[0]);
  expect(registry.calls[0]?.body).toMatchObject({ id: WORKSPACE_ID, agent_version: expect.any(String) });
});

it.concurrent('does not use the token of an older generation, and replaces it', async ({ expect, surroundings }) => {
  const { registry, metadata, home, startAgent } = surroundings;
  const content = JSON.stringify({ workspace_id: WORKSPACE_ID, generation: 1, auth_token: 'old' });
  await writeFile(join(home, 'token.json'), content, { mode: 0o644 });
  metadata.setGeneration(2);
  startAgent();
  await registry.until('a heartbeat', ({ route }) => route === 'heartbeat');
  expect(registry.of('register').map(({ token }) => token)).toEqual([BOOTSTRAP_TOKEN]);
  expect(JSON.parse(await readFile(join(home, 'token.json'), 'utf8'))).toMatchObject({
    generation: 2,
    auth_token: 'runtime-1',
  });
  expect((await stat(join(home, 'token.json'))).mode & 0o777).toBe(0o600);
});

it.concurrent('falls back to the bootstrap token when the one it kept is refused', async ({ expect, surroundings }) => {
  const { registry, home, startAgent } = surroundings;
  await writeFile(
    join(home, 'token.json'),
    JSON.stringify({ workspace_id: WORKSPACE_ID, generation: 1, auth_token: 'dead' }),
  );
  registry.script.register = ({ token }) => (token === BOOTSTRAP_TOKEN ? registered() : refused(401, 'unauthorized'));
  startAgent();
  await registry.until('a heartbeat', ({ route }) => route === 'heartbeat');
  expect(registry.of('register').map(({ token }) => token)).toEqual(['dead', BOOTSTRAP_TOKEN]);
});

it.concurrent('answers the 401 of a heartbeat with one register, and beats on with the new token', async ({
  expect,
  surroundings,
}) => {
  const { registry, startAgent } = surroundings;
  registry.script.register = (_call, nth) => registered(`runtime-${nth}`);
  registry.script.heartbeat = ({ token }) => (token === 'runtime-2' ? beaten() : refused(401, 'unauthorized'));
  startAgent();
  const beat = await registry.until(
    'a good beat',
    ({ token, route }) => route === 'heartbeat' && token === 'runtime-2',
  );
  await registry.until('another', ({ at }) => at > beat.at + 200);
  expect(registry.of('register').map(({ token }) => token)).toEqual([BOOTSTRAP_TOKEN, BOOTSTRAP_TOKEN]);
});

it.concurrent('does not hammer a registry that refuses every token', async ({ expect, surroundings }) => {
  const { registry, startAgent } = surroundings;
  registry.script.heartbeat = () => refused(401, 'unauthorized');
  registry.script.register = (_call, nth) => (nth === 1 ? registered() : refused(401, 'unauthorized', 60));
  const agent = startAgent();
  await registry.until('a register after the wait', () => registry.of('register').length === 3);
  agent.child.kill('SIGTERM');
  await agent.ended;
  expect(registry.calls.slice(0, 4).map(({ route }) => route)).toEqual([
    'register',
    'heartbeat',
    'register',
    'register',
  ]);
  const waitMs = Number(/"reason":"every token was refused".*"retry_in_ms":(\d+)/.exec(agent.log())?.[1]);
  const [, refusal, retry] = registry.of('register');
  // The agent's timers are of whole milliseconds.
  expect((retry?.at ?? 0) - (refusal?.at ?? 0)).toBeGreaterThanOrEqual(waitMs - 2);
});

it.concurrent.for([
  ['a heartbeat', 'heartbeat'],
  ['a register', 'register'],
] as const)('ends with 0 when %s is answered 410', async ([, route], { expect, surroundings }) => {
  const { registry, startAgent } = surroundings;
  registry.script[route] = () => refused(410, 'removed');
  const agent = startAgent();
  expect(await agent.ended).toBe(0);
  expect(registry.of(route)).toHaveLength(1);
  expect(agent.log()).toContain('"because":"removed"');
});

it.concurrent('asks for the state while it is paused, and beats again when it no longer is', async ({
  expect,
  surroundings,
}) => {
  const { registry, startAgent } = surroundings;
  registry.script.heartbeat = (_call, nth) => (nth === 2 ? refused(409, 'paused', 0.1) : beaten());
  registry.script.state = (_call, nth) => ({
    status: 200,
    body: [
      { status: 'paused', paused: true, deleted: false },
      { status: 'hibernated', paused: false, deleted: false },
      { status: 'provisioning', paused: false, deleted: false },
    ][nth - 1],
  });
  startAgent();
  await registry.until('the third beat', () => registry.of('heartbeat').length === 3);
  expect(registry.calls.map(({ route }) => route)).toEqual([
    'register',
    'heartbeat',
    'heartbeat',
    'state',
    'state',
    'state',
    'heartbeat',
  ]);
  expect(registry.of('state')[0]?.token).toBe('runtime-1');
});

it.concurrent('ends with 0 when its workspace is removed while it is paused', async ({ expect, surroundings }) => {
  const { registry, startAgent } = surroundings;
  registry.script.heartbeat = () => refused(409, 'paused', 0.1);
  registry.script.state = () => ({ status: 200, body: { status: 'removed', paused: false, deleted: true } });
  expect(await startAgent().ended).toBe(0);
});

it.concurrent.for([
  { title: 'retry_after_seconds', reply: refused(503, 'database_unavailable', 1.1) },
  {
    title: 'Retry-After beside API Gateway’s own body',
    reply: { status: 429, body: { message: 'Too Many Requests' }, headers: { 'retry-after': '1.1' } },
  },
])('waits at least as long as $title says, and recovers', async ({ reply }, { expect, surroundings }) => {
  const { registry, startAgent } = surroundings;
  registry.script.heartbeat = (_call, nth) => (nth === 1 ? reply : beaten());
  const agent = startAgent();
  await registry.until('the second beat', () => registry.of('heartbeat').length === 2);
  const [refusal, retry] = registry.of('heartbeat');
  expect((retry?.at ?? 0) - (refusal?.at ?? 0)).toBeGreaterThanOrEqual(1_090);
  expect(agent.log()).toMatch(/"event":"beat.failed","reason":"HTTP (503: database_unavailable|429: Too Many)/);
});

it.concurrent('beats at the pace of the last answer', async ({ expect, surroundings }) => {
  const { registry, startAgent } = surroundings;
  registry.script.heartbeat = (_call, nth) => beaten(undefined, nth === 1 ? 1.2 : 0.05);
  startAgent();
  await registry.until('three beats', () => registry.of('heartbeat').length === 3);
  const times = registry.calls.map(({ at }) => at);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  for (const [index, pace] of [50, 1_200, 50].entries()) expect(gaps[index]).toBeGreaterThanOrEqual(pace - 10);
  // A machine that is busy may delay the short ones, but not make them the long one.
  expect(gaps[0]).toBeLessThan(1_200);
  expect(gaps[2]).toBeLessThan(1_200);
});
