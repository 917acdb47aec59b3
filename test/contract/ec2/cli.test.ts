import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../../../infra/local/ec2/cli/run.ts';
import { startBootingEc2 } from './booted.ts';
import { only, startTestEc2 } from './start.ts';

const cli = fileURLToPath(new URL('../../../infra/local/ec2/cli.ts', import.meta.url));
const workspace = '01890a5d-ac96-774b-bcce-b302099a8057';

const ec2 = (folder: string, ...args: string[]) => run(args, folder);

/** The same as a program of its own. */
function program(folder: string, ...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

/** A folder with this for its .muster/local.json, or without one. */
async function folderWith(localJson?: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  if (localJson !== undefined) {
    await mkdir(join(folder, '.muster'));
    await writeFile(join(folder, '.muster/local.json'), JSON.stringify(localJson));
  }
  return folder;
}

async function withStack() {
  const started = await startTestEc2();
  return { ...started, folder: await folderWith({ ec2: started.server.url, api: 'http://127.0.0.1:3000' }) };
}

describe('npm run ec2', () => {
  it('lists instances of the stack that .muster/local.json names, with their workspaces', async () => {
    const { folder, plant } = await withStack();
    expect(await ec2(folder, 'list')).toMatchObject({ exitCode: 0, text: 'No instances.' });
    const tags = { 'muster:workspace': workspace, 'muster:generation': '2', Name: 'shop' };
    const [a, b] = await plant([{ tags }, { state: 'terminated' }]);
    const { exitCode, text: stdout } = await ec2(folder, 'list');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`${a}.*running.*us-east-1a.*${workspace}.*2.*shop`));
    expect(stdout).toMatch(new RegExp(`${b}.*terminated`));
  });

  it.each([
    ['terminate', 'running', 'running → shutting-down'],
    ['stop', 'running', 'running → stopping'],
    ['start', 'stopped', 'stopped → pending'],
    ['reboot', 'running', 'reboot requested'],
  ])('%s says what it did to the instance', async (verb, state, said) => {
    const { folder, plant } = await withStack();
    const id = only(await plant({ state }));
    expect(await ec2(folder, verb, id)).toEqual({ exitCode: 0, text: `${id}: ${said}` });
  });

  it('takes a workspace id for its one live instance, and --url before local.json', async () => {
    const { server, plant } = await startTestEc2();
    const tags = { 'muster:workspace': workspace };
    const [, live] = await plant([{ tags, state: 'terminated' }, { tags }]);
    const folder = await folderWith({ ec2: 'http://127.0.0.1:9' });
    const ended = await ec2(folder, 'terminate', workspace.toUpperCase(), '--url', server.url);
    expect(ended).toEqual({ exitCode: 0, text: `${live}: running → shutting-down` });
    const again = await ec2(folder, 'terminate', workspace, '--url', server.url);
    expect(again).toEqual({ exitCode: 1, text: `Workspace ${workspace} has no live instance` });
  });

  it('kills the process of an instance behind EC2’s back', async () => {
    const { server, run, booted } = await startBootingEc2();
    const id = await run();
    const { pid } = await booted(id);
    const folder = await folderWith();
    expect(await ec2(folder, 'kill-process', id, '--url', server.url)).toEqual({
      exitCode: 0,
      text: `${id}: process ${pid} killed; EC2 still shows it running`,
    });
  });

  it.each([
    [
      'start',
      /^EC2 refused: The instance 'i-[0-9a-f]{17}' is not in a state from which it can be started\. \(IncorrectInstanceState\)$/,
    ],
    ['kill-process', /^i-[0-9a-f]{17} has no process \(it is terminated\)$/],
  ])('%s ends with 1 and EC2’s words when the instance’s state forbids it', async (verb, stderr) => {
    const { folder, plant } = await withStack();
    const id = only(await plant({ state: 'terminated' }));
    expect(await ec2(folder, verb, id)).toEqual({ exitCode: 1, text: expect.stringMatching(stderr) });
  });

  it('hides an instance from EC2’s answers, and shows it again by its instance id', async () => {
    const { folder, plant } = await withStack();
    const id = only(await plant({ tags: { 'muster:workspace': workspace } }));
    expect(await ec2(folder, 'hide', workspace)).toEqual({ exitCode: 0, text: `${id}: hidden; it is running` });
    expect(await ec2(folder, 'list')).toEqual({ exitCode: 0, text: 'No instances.' });
    expect(await ec2(folder, 'show', workspace)).toMatchObject({ exitCode: 1 });
    expect(await ec2(folder, 'show', id)).toEqual({ exitCode: 0, text: `${id}: shown; it is running` });
    expect(await ec2(folder, 'list')).toMatchObject({ text: expect.stringContaining(id) });
  });

  it('does nothing to a workspace with several live instances', async () => {
    const { folder, plant, events } = await withStack();
    const ids = await plant({ count: 2, tags: { 'muster:workspace': workspace } });
    expect(await ec2(folder, 'terminate', workspace)).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining(ids.join(', ')),
    });
    expect(events).toEqual([]);
  });

  it.each<[why: string, args: string[], code: number, stderr: RegExp]>([
    ['no command', [], 2, /^A command is missing\nSee npm run ec2 -- --help$/],
    ['an unknown command', ['explode', 'i-1'], 2, /^Unknown command: explode\n/],
    ['no ID', ['stop'], 2, /^stop needs the ID/],
    ['two IDs', ['stop', 'a', 'b'], 2, /^Too much: b\n/],
    ['an ID that list has no use for', ['list', 'a'], 2, /^list takes no ID/],
    ['an unknown option', ['list', '--all'], 2, /--all/],
    ['an ID that is none', ['stop', 'shop', '--url', 'http://127.0.0.1:9'], 2, /^shop is neither an instance id/],
    ['a URL that is none', ['list', '--url', 'nowhere'], 2, /^--url is not a URL: nowhere$/],
    [
      'no stack',
      ['list'],
      1,
      /^There is no .*local\.json\. Start a stack in this folder with npm start, or give --url\.$/,
    ],
    [
      'a stack that is gone',
      ['kill-process', 'i-1', '--url', 'http://127.0.0.1:9'],
      1,
      /^No EC2 server answers at http:\/\/127\.0\.0\.1:9\./,
    ],
  ])('ends with the right code and one clear message for %s', async (_why, args, code, stderr) => {
    const folder = await folderWith();
    expect(await ec2(folder, ...args)).toEqual({ exitCode: code, text: expect.stringMatching(stderr) });
  });

  it('tells what is wrong with a local.json that is not the stack’s', async () => {
    const folder = await folderWith({ ec2: 7 });
    expect(await ec2(folder, 'list')).toMatchObject({
      exitCode: 1,
      text: expect.stringMatching(/is not what npm start writes/),
    });
  });

  it('explains itself with --help', async () => {
    const { exitCode, text } = await ec2(await folderWith(), '--help');
    expect(exitCode).toBe(0);
    for (const command of [
      'list',
      'terminate',
      'stop',
      'start',
      'reboot',
      'kill-process',
      'hide',
      'show',
      '--url',
      'Exit codes',
    ]) {
      expect(text).toContain(command);
    }
  });

  it('as a program finds the stack of its folder, and prints to the right stream with the right exit code', async () => {
    const { folder, plant } = await withStack();
    const id = only(await plant({}));
    expect(await Promise.all([program(folder, 'terminate', id), program(folder, 'explode')])).toEqual([
      { code: 0, stdout: `${id}: running → shutting-down\n`, stderr: '' },
      { code: 2, stdout: '', stderr: 'Unknown command: explode\nSee npm run ec2 -- --help\n' },
    ]);
  });
});
