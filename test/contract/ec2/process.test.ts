import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DescribeInstancesCommand,
  type EC2Client,
  RebootInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bootOf, isAlive, processesIn, standIn, startBootingEc2 } from './booted.ts';
import { clientFor, endless, eventually, idsOf, only, startTestEc2 } from './start.ts';

const standInStack = fileURLToPath(new URL('./stand-in-stack.ts', import.meta.url));

async function stateOf(ec2: EC2Client, id: string) {
  const answer = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return answer.Reservations?.[0]?.Instances?.[0]?.State?.Name;
}

const untilState = (ec2: EC2Client, id: string, state: string) =>
  eventually(async () => expect(await stateOf(ec2, id)).toBe(state));

describe('An instance that is a process', () => {
  it('boots with a metadata service, a disk and an environment of its own', async () => {
    const { run, booted, disk } = await startBootingEc2();
    const [first, second] = await Promise.all([run({ UserData: Buffer.from('hello').toString('base64') }), run()]);
    const [one, two] = await Promise.all([booted(first), booted(second)]);
    expect(one).toMatchObject({
      instanceId: first,
      userData: 'hello',
      workingFolder: disk(first),
      extra: 'from the caller',
      environment: ['AWS_EC2_METADATA_SERVICE_ENDPOINT', 'EXTRA', 'MUSTER_EXIT_WITH_PARENT', 'MUSTER_HOME', 'PATH'],
    });
    expect(two).toMatchObject({ instanceId: second, userData: '404', workingFolder: disk(second) });
    expect(two.endpoint).not.toBe(one.endpoint);
    expect(await readFile(join(disk(first), 'console.log'), 'utf8')).toBe(`booted ${first}\n`);
  });

  it('stays running when its process dies on its own, and can be rebooted', async () => {
    const { ec2, run, booted, events } = await startBootingEc2();
    const id = await run();
    const { pid } = await booted(id);
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(isAlive(pid)).toBe(false));
    const before = events.length;
    expect(await stateOf(ec2, id)).toBe('running');
    await ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
    expect((await booted(id, 2)).instanceId).toBe(id);
    expect(events).toHaveLength(before);
  });

  it('loses its process by the control route and stays running', async () => {
    const { ec2, run, booted, control } = await startBootingEc2();
    const id = await run();
    const { pid } = await booted(id);
    expect(await control('POST', `instances/${id}/kill-process`)).toEqual({
      status: 200,
      body: { pid, state: 'running' },
    });
    await eventually(() => expect(isAlive(pid)).toBe(false));
    expect(await stateOf(ec2, id)).toBe('running');
    expect(await control('POST', `instances/${id}/kill-process`)).toMatchObject({
      status: 409,
      body: { error: `${id} has no process (it is running)` },
    });
  });

  it('keeps its disk over stop and start, with a new process each time', async () => {
    const { ec2, run, booted, disk } = await startBootingEc2();
    const id = await run();
    const first = await booted(id);
    await writeFile(join(disk(id), 'kept'), 'yes');
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    await untilState(ec2, id, 'stopped');
    expect(isAlive(first.pid)).toBe(false);
    await expect(fetch(first.endpoint)).rejects.toThrow();
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    expect((await booted(id, 2)).pid).not.toBe(first.pid);
    expect(await readFile(join(disk(id), 'kept'), 'utf8')).toBe('yes');
  });

  it('is restarted by a reboot, and twice-asked not twice at once', async () => {
    const { ec2, run, booted } = await startBootingEc2();
    const id = await run();
    const first = await booted(id);
    const reboot = () => ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
    await Promise.all([reboot(), reboot()]);
    const second = await booted(id, 2);
    expect(second.pid).not.toBe(first.pid);
    expect(isAlive(first.pid)).toBe(false);
  });

  it('takes its disk with it when it is terminated', async () => {
    const { ec2, run, booted, disk } = await startBootingEc2();
    const id = await run();
    const { pid } = await booted(id);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await untilState(ec2, id, 'terminated');
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(disk(id))).toBe(false);
  });

  it('is killed when it does not end by itself, and is not stopped before it is gone', async () => {
    const { ec2, run, booted } = await startBootingEc2({ args: ['--stubborn'], graceMs: 600 });
    const id = await run();
    const { pid } = await booted(id);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    expect(isAlive(pid)).toBe(true);
    await untilState(ec2, id, 'stopped');
    expect(isAlive(pid)).toBe(false);
  });

  it('has the time that a stop takes to end by itself', async () => {
    const { ec2, run, booted, disk } = await startBootingEc2({ args: ['--tidy'], graceMs: 2_000 });
    const id = await run();
    await booted(id);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    await untilState(ec2, id, 'stopped');
    expect(existsSync(join(disk(id), 'tidied'))).toBe(true);
  });

  it.runIf(process.platform === 'linux')('takes what it started with it, also when it dies on its own', async () => {
    const { run, booted, disk, folder } = await startBootingEc2({ args: ['--parent'] });
    const id = await run();
    const { pid } = await booted(id);
    expect(await processesIn(folder)).toEqual([disk(id), disk(id)]);
    process.kill(pid, 'SIGKILL');
    await eventually(async () => expect(await processesIn(folder)).toEqual([]));
  });

  it('leaves neither process nor disk when it is terminated in the middle of its boot', async () => {
    const { ec2, run, disk, folder } = await startBootingEc2();
    const id = await run();
    await untilState(ec2, id, 'running');
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await untilState(ec2, id, 'terminated');
    expect(existsSync(disk(id))).toBe(false);
    expect(await processesIn(folder)).toEqual([]);
  });

  it('runs without a process when its command cannot be started, and its console tells why', async () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { ec2, run, disk } = await startBootingEc2({ command: '/no/such/program' });
    const id = await run();
    const consoleLog = () => readFile(join(disk(id), 'console.log'), 'utf8');
    await eventually(async () => expect(await consoleLog()).toMatch(/ENOENT/));
    expect(await stateOf(ec2, id)).toBe('running');
    await eventually(() => expect(reported).toHaveBeenCalledOnce());
    reported.mockRestore();
  });
});

describe('The end of the server', () => {
  it('ends every process and keeps the disks', async () => {
    const { run, booted, server, disk } = await startBootingEc2();
    const ids = await Promise.all([run(), run()]);
    const boots = await Promise.all(ids.map((id) => booted(id)));
    await server.stop();
    expect(boots.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
    expect(ids.map((id) => existsSync(disk(id)))).toEqual([true, true]);
  });

  it('leaves nothing behind when an instance is booting, and none comes up later', async () => {
    const { ec2, run, server, folder, events } = await startBootingEc2();
    const rebooting = await run();
    await untilState(ec2, rebooting, 'running');
    await untilState(ec2, await run(), 'running');
    await ec2.send(new RebootInstancesCommand({ InstanceIds: [rebooting] }));
    await server.stop();
    const heard = events.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await processesIn(folder)).toEqual([]);
    expect(events).toHaveLength(heard);
  });

  it('waits for the events that are being delivered', async () => {
    const delivered: string[] = [];
    const onStateChange = async ({ detail }: { detail: { state: string } }) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      delivered.push(detail.state);
    };
    const { ec2, server } = await startTestEc2({ onStateChange, timings: endless });
    await ec2.send(new RunInstancesCommand({ ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 }));
    await server.stop();
    expect(delivered).toEqual(['pending']);
  });

  it('by SIGKILL leaves no process behind either, since their stdin ends with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-ec2-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const stack = spawn(process.execPath, [standInStack, process.execPath, standIn, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void stack.kill('SIGKILL'));
    const [url] = await once(stack.stdout, 'data');
    const ec2 = clientFor(String(url).trim());
    const image = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };
    const id = only(idsOf((await ec2.send(new RunInstancesCommand(image))).Instances));
    ec2.destroy();
    const { pid } = await bootOf(join(folder, id));
    stack.kill('SIGKILL');
    await eventually(() => expect(isAlive(pid)).toBe(false));
  });
});
