import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createHeartbeat } from '../../../functions/heartbeat/heartbeat.ts';
import { heartbeatRequest } from '../../../functions/heartbeat/schema.ts';
import { openFunctionUrl } from '../../../infra/local/host/function-url.ts';
import { DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import type { HeartbeatRecord } from '../../../lib/domain/voice.ts';
import { http } from '../../../lib/middleware/http.ts';
import { routed } from '../../../lib/middleware/request.ts';
import { lambdaContext } from '../../support/events.ts';
import { testWithAgent } from './bundled-agent.ts';
import { WORKSPACE_ID } from './metadata-service.ts';
import { refused, registered } from './scripted-registry.ts';

const it = testWithAgent();

/** The function reads it as a token of three parts, however its store of keys judges it. */
const TOKEN = 'runtime.token.one';

const told = (heartbeat_url: unknown) => {
  const { status, body } = registered(TOKEN);
  return { status, body: { ...Object(body), heartbeat_url } };
};

/** The heartbeat function behind a Function URL, over a store that notes what it is given; it beats ten times a second. */
async function startFunctionUrl() {
  const events: APIGatewayProxyEventV2[] = [];
  const records: HeartbeatRecord[] = [];
  const heartbeat = createHeartbeat({
    tokens: {
      verify: async (token) => ({ sub: WORKSPACE_ID, gen: 1, ver: token === TOKEN ? 1 : 2, kind: 'runtime' }),
    },
    store: {
      recordHeartbeat: async (record) => {
        records.push(record);
        return {
          workspace_status: 'online',
          generation: 1,
          reconcile_due: false,
          next_heartbeat_in_s: 0.1,
          plan: null,
        };
      },
    },
    reconcile: { request: async () => undefined },
    handOver: async (_workspaceId, plan) => plan,
    policy: DEFAULT_POLICY,
    random: Math.random,
    clock: Date.now,
  });
  const handler = http(
    routed({ 'POST /': (call) => heartbeat(call.id, call.bearer(), () => call.json(heartbeatRequest)) }),
  );
  const { url, close } = await openFunctionUrl((event) => {
    events.push(event);
    return handler(event, lambdaContext());
  });
  return { url, close, events, records };
}

it.concurrent('beats where its register tells it to, through the event of a Function URL to the function itself', async ({
  expect,
  surroundings,
  onTestFinished,
}) => {
  const { registry, home, startAgent } = surroundings;
  const apart = await startFunctionUrl();
  onTestFinished(apart.close);
  registry.script.register = () => told(apart.url);
  startAgent();
  await expect.poll(() => apart.records.length).toBeGreaterThanOrEqual(2);
  expect(apart.records[0]).toMatchObject({ claims: { ver: 1 }, beat: { error_rate: 0, active_tasks: 0 } });
  expect(apart.events[0]).toMatchObject({ routeKey: '$default', rawPath: '/', requestContext: { stage: '$default' } });
  expect(registry.of('heartbeat')).toEqual([]);
  expect(JSON.parse(await readFile(join(home, 'token.json'), 'utf8'))).toMatchObject({ heartbeat_url: apart.url });
});

it.concurrent('beats at the registry when the place apart is gone', async ({ expect, surroundings }) => {
  const { registry, startAgent } = surroundings;
  const { url, close } = await startFunctionUrl();
  await close();
  registry.script.register = () => told(url);
  const agent = startAgent();
  await registry.until('three beats', () => registry.of('heartbeat').length === 3);
  expect(registry.of('register')).toHaveLength(1);
  expect(agent.log().match(/"event":"heartbeat_url.failed"/g)).toHaveLength(1);
});

it.concurrent('beats at the kept place after a pause that it found at its start', async ({
  expect,
  surroundings,
  onTestFinished,
}) => {
  const { registry, home, startAgent } = surroundings;
  const apart = await startFunctionUrl();
  onTestFinished(apart.close);
  await writeFile(
    join(home, 'token.json'),
    JSON.stringify({ workspace_id: WORKSPACE_ID, generation: 1, auth_token: TOKEN, heartbeat_url: apart.url }),
  );
  registry.script.register = () => refused(409, 'workspace_paused', 0.1);
  startAgent();
  await expect.poll(() => apart.records.length).toBeGreaterThanOrEqual(1);
  expect(registry.of('heartbeat')).toEqual([]);
});

it.concurrent.for([['http://beats.example/'], [7]] as const)(
  'takes its token nowhere else when it is told %s',
  async ([url], { expect, surroundings }) => {
    const { registry, home, startAgent } = surroundings;
    registry.script.register = () => told(url);
    startAgent();
    await registry.until('a beat', ({ route }) => route === 'heartbeat');
    expect(JSON.parse(await readFile(join(home, 'token.json'), 'utf8'))).not.toHaveProperty('heartbeat_url');
  },
);
