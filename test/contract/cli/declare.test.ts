import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { id, muster } from './muster.ts';
import { ok, problem, startScripted } from './scripted-registry.ts';

const added = { kind: 'plugin_added', plugin: 'ads', path: [], to: { name: 'ads', version: '1.0.0' } };
const removed = { kind: 'config_removed', plugin: 'seo-all', path: ['config', 'depth'], from: 3 };
const diff = { additive: [added], destructive: [removed], already_present: ['other'] };
const shown = ['ads', '  + plugin 1.0.0', 'seo-all', '  - config.depth (was 3)  destructive'];
const document = { plugins: [{ name: 'ads', version: '1.0.0' }] };

async function folderWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'plugins.json'), text);
  return folder;
}

const declare = async (url: string, ...args: string[]) =>
  muster(['declare', id, '--file', 'plugins.json', ...args, '--url', url], {
    folder: await folderWith(JSON.stringify(document)),
  });

describe('muster declare', () => {
  it.each<[args: string[], query: string, ifMatch: string | undefined]>([
    [[], '', undefined],
    [['--dry-run'], '?dry_run=true', undefined],
    [['--force', '--if-version', '3'], '?force=true', '"3"'],
    [['--dry-run', '--force', '--if-version', '0'], '?dry_run=true&force=true', '"0"'],
  ])('%j sends the document once', async (args, query, ifMatch) => {
    const answer = { version: 4, applied: true, diff, force_required: true };
    const registry = await startScripted(() => ok(answer));
    expect(await declare(registry.url, ...args)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(registry.asked).toMatchObject([
      { method: 'PUT', path: `/workspaces/${id}/declaration${query}`, body: document },
    ]);
    expect(registry.asked[0]?.headers['if-match']).toBe(ifMatch);
  });

  it.each<[what: string, answer: object, last: string]>([
    ['applied', { version: 4, applied: true }, 'version 4: 1 additive, 1 destructive: applied'],
    [
      'a dry run of what would need force',
      { version: 3, applied: false, dry_run: true, would_apply: false },
      'version 3: 1 additive, 1 destructive: dry run: would need --force',
    ],
    [
      'a dry run of what would be applied',
      { version: 3, applied: false, dry_run: true, would_apply: true },
      'version 3: 1 additive, 1 destructive: dry run: would be applied',
    ],
  ])('shows the changes below their plugin, and what became of them: %s', async (_, answer, last) => {
    const registry = await startScripted(() => ok({ diff, force_required: true, ...answer }));
    const { exitCode, stdout, stderr } = await declare(registry.url);
    expect({ exitCode, stderr, lines: stdout.split('\n') }).toEqual({
      exitCode: 0,
      stderr: '',
      lines: [...shown, last],
    });
  });

  it.each([{}, { dry_run: true, would_apply: true }])('says that there is nothing to change (%o)', async (more) => {
    const same = { additive: [], destructive: [], already_present: ['ads'] };
    const answer = { version: 3, applied: false, diff: same, force_required: false, ...more };
    const registry = await startScripted(() => ok(answer));
    expect(await declare(registry.url)).toEqual({ exitCode: 0, stdout: 'version 3: nothing to change', stderr: '' });
  });

  it('refused for want of force shows the whole diff, names --force and ends with 1', async () => {
    const registry = await startScripted(() => problem(409, 'force_required', { diff, version: 3 }));
    const { exitCode, stdout, stderr } = await declare(registry.url);
    expect({ exitCode, lines: stdout.split('\n') }).toEqual({
      exitCode: 1,
      lines: [...shown, 'version 3: 1 additive, 1 destructive: not applied: needs --force'],
    });
    expect(stderr).toBe('Refused (409 force_required): force_required. Version: 3. (request r1)');
  });

  it('refused for another version tells which one is there', async () => {
    const registry = await startScripted(() => problem(409, 'version_conflict', { version: 7, diff }));
    expect(await declare(registry.url, '--if-version', '3')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Refused (409 version_conflict): version_conflict. Version: 7. (request r1)',
    });
  });

  it('refused for what is wrong in the document names the fields', async () => {
    const errors = [{ field: 'plugins[0].sha256', message: 'give a SHA-256' }];
    const registry = await startScripted(() => problem(400, 'invalid_request', { errors }));
    expect((await declare(registry.url)).stderr).toContain('Fields: plugins[0].sha256: give a SHA-256.');
  });

  it('with --json prints the answer and nothing else, and nothing when it is refused', async () => {
    const answer = { version: 4, applied: true, diff, force_required: true, more: 1 };
    const registry = await startScripted((_, nth) =>
      nth === 1 ? ok(answer) : problem(409, 'force_required', { diff, version: 3 }),
    );
    const { stdout } = await declare(registry.url, '--json');
    expect(JSON.parse(stdout)).toEqual(answer);
    expect(await declare(registry.url, '--json')).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('is told when the answer is not what it knows, or is lost', async () => {
    const registry = await startScripted((_, nth) => (nth === 1 ? ok({ version: 'x' }) : 'lost'));
    expect((await declare(registry.url)).stderr).toMatch(/^The registry answered, but not as this command expects/);
    expect((await declare(registry.url)).stderr).toMatch(/Whether it was carried out is not known\.$/);
    expect(registry.asked).toHaveLength(2);
  });

  it('takes a file with a byte order mark, as editors on Windows write it', async () => {
    const registry = await startScripted(() => ok({ version: 4, applied: true, diff }));
    const folder = await folderWith(`\ufeff${JSON.stringify(document)}`);
    const ended = await muster(['declare', id, '--file', 'plugins.json', '--url', registry.url], { folder });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(registry.asked[0]?.body).toEqual(document);
  });

  it('lets neither the file nor an answer speak to the terminal', async () => {
    const said = {
      version: 1,
      applied: true,
      diff: { additive: [{ plugin: 'x\u009b2J\u007f\u202e', path: [] }], destructive: [] },
    };
    const registry = await startScripted(() => ok(said));
    const line = ['declare', id, '--file', 'plugins.json', '--url', registry.url];
    const broken = await muster(line, { folder: await folderWith('\u001b]0;owned\u0007\u202e{') });
    expect(broken.stderr).toContain('--file must be a JSON document');
    const answered = await declare(registry.url, '--json');
    expect(JSON.parse(answered.stdout)).toEqual(said);
    for (const text of [broken.stderr, answered.stdout]) expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  });

  it.each<[why: string, args: string[], text: string, stderr: RegExp]>([
    ['no file', [], '{}', /^declare needs --file/],
    ['no such file', ['--file', 'none.json'], '{}', /^--file must be a JSON document .*ENOENT/],
    ['a file that is no JSON', ['--file', 'plugins.json'], '{', /^--file must be a JSON document such as PUT/],
    ['a list', ['--file', 'plugins.json'], '[]', /^--file must be a JSON document/],
    ['no plugins', ['--file', 'plugins.json'], '{}', /^--file must be a JSON document .*plugins/s],
    ['a version that is none', ['--file', 'plugins.json', '--if-version', '-1'], '{}', /--if-version/],
  ])('is wrong usage with %s, and calls nobody', async (_, args, text, stderr) => {
    const registry = await startScripted(() => ok({}));
    const ended = await muster(['declare', id, ...args, '--url', registry.url], { folder: await folderWith(text) });
    expect(ended).toEqual({ exitCode: 2, stdout: '', stderr: expect.stringMatching(stderr) });
    expect(registry.asked).toEqual([]);
  });
});
