import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { id, muster } from './muster.ts';
import { ok, problem, type Reply, startScripted } from './scripted-registry.ts';

const created = { id, status: 'provisioning', instance_id: 'i-1', generation: 1 };
const shop = ['create', '--name', 'shop', '--runtime', 'agent'];
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const busy = problem(503, 'store_unavailable', { retry_after_seconds: 0 }, { 'retry-after': '0' });

async function folderWith(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), text);
  return folder;
}

describe('muster create', () => {
  it('sends what the options say under a fresh key, and prints what came of it', async () => {
    const registry = await startScripted(() => ok(created, 201));
    const options = ['--label', 'team=a', '--restart-policy', 'never', '--boot-timeout', '60', '--idle-minutes', '5'];
    const command = [...shop, ...options, '--url', registry.url];
    expect(await muster(command)).toEqual({
      exitCode: 0,
      stdout: `${id}: provisioning, generation 1, instance i-1`,
      stderr: '',
    });
    expect(await muster(command)).toMatchObject({ exitCode: 0 });
    expect(registry.asked[0]).toMatchObject({
      method: 'POST',
      path: '/workspaces',
      headers: { 'content-type': 'application/json', 'idempotency-key': expect.stringMatching(uuid) },
      body: {
        ...{ name: 'shop', runtime: 'agent', labels: { team: 'a' } },
        ...{ restart_policy: 'never', boot_timeout_seconds: 60, idle_minutes: 5 },
      },
    });
    expect(registry.asked[0]?.headers['authorization']).toBeUndefined();
    expect(registry.asked[1]?.headers['idempotency-key']).not.toBe(registry.asked[0]?.headers['idempotency-key']);
  });

  it('prints the bootstrap token of an external workspace', async () => {
    const registry = await startScripted(() => ok({ ...created, instance_id: null, bootstrap_token: 'a.b.c' }, 201));
    const { stdout } = await muster([...shop, '--external', '--url', registry.url]);
    expect(stdout).toBe(`${id}: provisioning, generation 1, instance –\nbootstrap_token a.b.c`);
    expect(registry.asked).toMatchObject([{ body: { external: true } }]);
  });

  it('takes the rest of the body from a file, options first, labels from both', async () => {
    const registry = await startScripted(() => ok(created, 201));
    const document = { name: 'old', runtime: 'agent', labels: { team: 'a', tier: 'x' }, declaration: { plugins: [] } };
    const folder = await folderWith('body.json', JSON.stringify(document));
    const args = ['create', '--name', 'new', '--label', 'tier=y', '--file', 'body.json', '--url', registry.url];
    expect(await muster(args, { folder })).toMatchObject({ exitCode: 0 });
    expect(registry.asked.map(({ body }) => body)).toEqual([
      { ...document, name: 'new', labels: { team: 'a', tier: 'y' } },
    ]);
  });

  it.each<[why: string, replies: Reply[], code: string]>([
    ['429', [problem(429, 'too_many_requests', {}, { 'retry-after': '0' })], '429 too_many_requests'],
    ['5xx', [busy, busy, busy], '503 store_unavailable'],
    ['a bare 503 of API Gateway', [{ status: 503, body: { message: 'Service Unavailable' } }], '503 by API Gateway'],
    ['a lost answer', ['lost'], 'Whether it was carried out is not known'],
  ])('repeats the call under the same key after %s', async (_, replies, said) => {
    const registry = await startScripted((__, nth) => replies[nth - 1] ?? ok(created, 201));
    const { exitCode, stdout, stderr } = await muster([...shop, '--key', 'k1', '--url', registry.url]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${id}: provisioning, generation 1, instance i-1` });
    expect(registry.asked).toHaveLength(replies.length + 1);
    for (const { headers, body } of registry.asked) {
      expect(headers['idempotency-key']).toBe('k1');
      expect(body).toEqual({ name: 'shop', runtime: 'agent' });
    }
    expect(stderr.split('\n')).toHaveLength(replies.length);
    expect(stderr).toContain(said);
    expect(stderr).toContain('(Idempotency-Key k1)');
  });

  it('waits as long as the registry asks before it calls again', async () => {
    const patience = problem(503, 'provision_failed', {}, { 'retry-after': '1' });
    const registry = await startScripted((_, nth) => (nth === 1 ? patience : ok(created, 201)));
    expect(await muster([...shop, '--url', registry.url])).toMatchObject({ exitCode: 0 });
    const [first, second] = registry.asked;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it.each<[why: string, reply: Reply, calls: number]>([
    ['four times', busy, 4],
    ['once, when it should wait for more than a minute', problem(429, 'x', { retry_after_seconds: 61 }), 1],
  ])('gives up after it called %s, and tells the key to go on with', async (_, reply, calls) => {
    const registry = await startScripted(() => reply);
    const { exitCode, stdout, stderr } = await muster([...shop, '--key', 'k1', '--json', '--url', registry.url]);
    expect({ exitCode, stdout, calls: registry.asked.length }).toEqual({ exitCode: 1, stdout: '', calls });
    expect(stderr).toMatch(/repeat the command with --key and this key \(Idempotency-Key k1\)\nRefused \(\d+ \w+\): /);
  });

  it('does not repeat what another try would not change', async () => {
    const errors = [{ field: 'name', message: 'too long' }];
    const registry = await startScripted(() =>
      problem(400, 'invalid_request', { errors, agent_action: 'Correct it.' }),
    );
    expect(await muster([...shop, '--url', registry.url])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Refused (400 invalid_request): invalid_request. Fields: name: too long. Correct it. (request r1)',
    });
    expect(registry.asked).toHaveLength(1);
  });

  it.each<[why: string, args: string[], text: string, stderr: RegExp]>([
    ['no name', ['--runtime', 'agent'], '{}', /^create needs --name, or a --file that says it\n/],
    ['no runtime', ['--file', 'b.json'], '{"name": "x"}', /^create needs --runtime/],
    ['no such file', ['--file', 'none.json'], '{}', /^--file must be a JSON document.*ENOENT/],
    ['a file that is no JSON', ['--file', 'b.json'], '{', /^--file must be a JSON document/],
    ['a file that is no object', ['--file', 'b.json'], '[]', /^--file must be a JSON document/],
  ])('is wrong usage with %s, and calls nobody', async (_, args, text, stderr) => {
    const registry = await startScripted(() => ok(created, 201));
    const folder = await folderWith('b.json', text);
    expect(await muster(['create', ...args, '--url', registry.url], { folder })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(stderr),
    });
    expect(registry.asked).toEqual([]);
  });
});
