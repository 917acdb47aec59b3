import { access, readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistryClient, type RegistryClient, type Workspace } from '../../infra/local/fleet/registry-client.ts';
import { fullFunctionName, inCheckout } from '../../infra/local/host/serverless-process.ts';
import { newestStack } from '../../infra/local/stack/published-stack.ts';
import { NpmStart, npmRun, processesOf, type RunningStack } from './npm-start.ts';

const started = new NpmStart();
let stack: RunningStack;
let registry: RegistryClient;

beforeAll(async () => {
  stack = await started.stack();
  registry = createRegistryClient(stack.api);
});

afterAll(async () => {
  started.signal('SIGINT');
  await started.ended;
});

async function workspace(id: string): Promise<Workspace> {
  const found = (await registry.workspaces()).find((one) => one.id === id);
  if (found === undefined) throw new Error(`No workspace ${id}`);
  return found;
}

/** One that is online, on an instance; each test that harms one takes another. */
async function victim(): Promise<{ id: string; instance: string }> {
  for (const { id, status, instance_id: instance } of await registry.workspaces()) {
    if (status === 'online' && instance !== null) return { id, instance };
  }
  throw new Error('No workspace is online');
}

/** `npm run ec2` goes to the newest stack of the checkout, which somebody may just have started beside this test. */
async function ec2(...args: string[]): Promise<void> {
  const newest = (await newestStack())?.ec2 === stack.ec2;
  await npmRun('ec2', '--', ...args, ...(newest ? [] : ['--url', stack.ec2]));
}

function portsOf(one: RunningStack): number[] {
  const urls = [one.api, one.ec2, one.lambda, one.dataApi, one.secrets, one.artefacts, one.s3, one.postgres];
  return urls.map((url) => Number(new URL(url).port));
}

async function isOpen(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(socket.destroy().destroyed));
    socket.once('error', () => resolve(false));
  });
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Nothing of it is left: no process, no open port, no folder. */
async function expectGone(one: RunningStack): Promise<void> {
  await expect.poll(() => processesOf(one.folder, Object.values(one.pids)), { timeout: 10_000 }).toEqual([]);
  expect(await exists(one.folder)).toBe(false);
  const open = await Promise.all(portsOf(one).map(isOpen));
  expect(open).not.toContain(true);
  expect((await newestStack())?.pids.start).not.toBe(one.pids.start);
}

describe('npm start', () => {
  it('shows the fleet online with its plugin installed', async () => {
    await started.line(/^First workspace online: \w+, [\d.]+ s after the start\.$/, 40_000);
    await started.line(/^All 4 workspaces online with their plugins installed/, 40_000);
    const plugins = (await registry.workspaces()).map((one) => one.plugins[0]);
    expect(plugins).toHaveLength(4);
    for (const plugin of plugins) expect(plugin).toMatchObject({ name: 'seo-all', installed_version: '1.0.0' });
  });

  it('shows the workspace of a terminated instance offline within seconds, with the evidence', async () => {
    const { id, instance } = await victim();
    await ec2('terminate', instance);
    await expect.poll(async () => (await workspace(id)).status, { timeout: 30_000 }).toBe('offline');
    const gone = (await registry.events(id)).find(({ event }) => event === 'instance_gone');
    expect(gone).toMatchObject({ from_status: 'online', to_status: 'offline' });
    expect(JSON.stringify(gone?.evidence)).toContain(instance);
    await started.line(/instance_gone: online → offline/, 5_000);
  });

  it('does not call an instance gone when only its agent was killed, also after a sweep', async () => {
    const { id, instance } = await victim();
    await ec2('kill-process', instance);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const lambda = new LambdaClient({ endpoint: stack.lambda, region: 'us-east-1', credentials });
    const Payload = await readFile(inCheckout('test/events/sweep.json'));
    const swept = await lambda.send(new InvokeCommand({ FunctionName: fullFunctionName('sweep'), Payload }));
    expect(swept.FunctionError).toBeUndefined();
    expect((await workspace(id)).status).toBe('online');
    expect((await registry.events(id)).map(({ event }) => event)).not.toContain('instance_gone');
  });

  it('runs a function by hand against the newest stack', async () => {
    const answer = await npmRun('invoke', '--', 'ready');
    expect(answer).toMatch(/"statusCode": 200/);
  });

  it('gets ports and a build folder of its own beside another, and ends with a clear message when a part breaks', async () => {
    const second = new NpmStart();
    try {
      const beside = await second.stack();
      expect(beside.folder).not.toBe(stack.folder);
      expect(await exists(join(beside.folder, 'build'))).toBe(true);
      expect(portsOf(stack)).not.toEqual(expect.arrayContaining(portsOf(beside)));

      process.kill(beside.pids.host, 'SIGKILL');
      await second.line(/The functions' host ended on its own \(signal SIGKILL\)/, 5_000);
      expect(await second.ended).toBe(1);
      await expectGone(beside);
      expect((await fetch(`${stack.api}/ready`)).status).toBe(200);
    } finally {
      second.signal('SIGINT');
      await second.ended;
    }
  });

  it('ends everything that it started on Ctrl-C, also when pressed twice', async () => {
    started.signal('SIGINT');
    started.signal('SIGINT');
    await started.ended;
    await expectGone(stack);
  });
});
