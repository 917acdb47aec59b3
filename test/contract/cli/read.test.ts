import { describe, expect, it } from 'vitest';
import { eventOf, id, muster, workspace } from './muster.ts';
import { ok, page, problem, startScripted } from './scripted-registry.ts';

const other = { ...workspace, id: id.replace(/1$/, '2'), name: 'blog', status: 'offline', owed_operation: 'launch' };

describe('muster ps', () => {
  it('shows the workspaces of all pages, a line each', async () => {
    const registry = await startScripted((_, nth) => (nth === 1 ? page([workspace], 'c 1') : page([other])));
    const { exitCode, stdout, stderr } = await muster(['ps', '--url', registry.url]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`│ ${id} +│ shop +│ agent +│ online .*│ seo-all ✗ sha256_mismatch +│`));
    expect(stdout).toMatch(/│ blog +│ agent +│ offline +│.*│ launch +│/);
    expect(registry.asked.map(({ path }) => path)).toEqual([
      '/workspaces?limit=200',
      '/workspaces?limit=200&cursor=c%201',
    ]);
  });

  it('hands every filter on, encoded, on every page', async () => {
    const registry = await startScripted((_, nth) => page([], nth === 1 ? 'next' : null));
    const filters = ['--status', 'online', '--status', 'degraded', '--runtime', 'a b', '--stale', '90'];
    const labels = ['--label', 'team=a&b', '--label', 'tier=x=y'];
    expect(await muster(['ps', ...filters, ...labels, '--url', registry.url])).toMatchObject({
      exitCode: 0,
      stdout: 'No workspaces.',
    });
    const query =
      '/workspaces?status=online%2Cdegraded&runtime=a%20b&label=team%3Da%26b&label=tier%3Dx%3Dy&stale_seconds=90&limit=200';
    expect(registry.asked.map(({ path }) => path)).toEqual([query, `${query}&cursor=next`]);
  });

  it('with --json prints the pages as one, as the registry answered', async () => {
    const newer = { ...other, added_later: { a: 1 } };
    const registry = await startScripted((_, nth) => (nth === 1 ? page([workspace], 'c1') : page([newer])));
    const { exitCode, stdout, stderr } = await muster(['ps', '--json', '--url', registry.url]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ items: [workspace, newer], next_cursor: null });
  });

  it('finds the newest local stack, and calls a MUSTER_URL in its place', async () => {
    const stack = await startScripted(() => page([workspace]));
    const newestStack = async () => ({ api: stack.url, lambda: 'http://127.0.0.1:9' });
    expect((await muster(['ps'], { newestStack })).stdout).toContain('shop');
    const meant = await startScripted(() => page([other]));
    expect((await muster(['ps'], { newestStack, env: { MUSTER_URL: meant.url } })).stdout).toContain('blog');
    expect(stack.asked).toHaveLength(1);
  });

  it.each([
    ['not JSON', ok('<html>'), /^What answers at http.* does not speak JSON: is it the registry\?$/],
    ['of another form', ok({ items: 7 }), /^The registry answered, but not as this command expects .*items/],
    [
      'a workspace that lacks its name',
      page([{ id }]),
      /^The registry answered, but not as this command expects .*name/,
    ],
    ['a redirection', { status: 302, body: '', headers: { location: 'http://127.0.0.1:9/' } }, /^Refused \(302\):$/],
  ])('ends with 1 when the answer is %s', async (_, reply, stderr) => {
    const registry = await startScripted(() => reply);
    expect(await muster(['ps', '--url', registry.url])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(stderr),
    });
  });

  it('does not repeat what was refused, and prints nothing to stdout then', async () => {
    const registry = await startScripted(() =>
      problem(400, 'invalid_request', { errors: [{ field: 'status', message: 'unknown' }], allowed: ['online'] }),
    );
    expect(await muster(['ps', '--json', '--url', registry.url])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Refused (400 invalid_request): invalid_request. Fields: status: unknown. Allowed: online. (request r1)',
    });
    expect(registry.asked).toHaveLength(1);
  });

  it('says why nobody answers', async () => {
    const registry = await startScripted(() => page([]));
    await registry.stop();
    expect(await muster(['ps', '--url', registry.url])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^No answer from the registry at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED.*\.$/),
    });
  });
});

describe('muster show', () => {
  it('prints every fact of a workspace, and its plugins', async () => {
    const registry = await startScripted(() => ok({ ...workspace, current_task: 'a\u001b[2J\nb' }));
    const { exitCode, stdout } = await muster(['show', id, '--url', registry.url]);
    expect(exitCode).toBe(0);
    for (const fact of [/^status +online$/m, /^labels +team=a, tier=gold$/m, /^error_rate +0\.25$/m, /^url +–$/m]) {
      expect(stdout).toMatch(fact);
    }
    expect(stdout).toMatch(/^current_task +a \[2J b$/m);
    expect(stdout).toMatch(/│ seo-all +│ 2\.0\.0 +│ 1\.0\.0 +│ 2\.0\.0 sha256_mismatch +│/);
    expect(registry.asked).toMatchObject([{ method: 'GET', path: `/workspaces/${id}`, body: undefined }]);
  });

  it('with --json prints the answer', async () => {
    const registry = await startScripted(() => ok({ anything: [1, 'ü'] }));
    const { stdout } = await muster(['show', id, '--json', '--url', `${registry.url}/prod/`]);
    expect(JSON.parse(stdout)).toEqual({ anything: [1, 'ü'] });
    expect(registry.asked).toMatchObject([{ path: `/prod/workspaces/${id}` }]);
  });
});

describe('muster events', () => {
  it('prints the last ones, the newest last, with their evidence', async () => {
    const owing = { reason: null, owes: 'launch', evidence: { ec2_state: 'terminated', tries: 2 }, actor: 'sweep' };
    const registry = await startScripted(() => page([eventOf(9, owing), eventOf(7, { to_status: null })], '7'));
    expect((await muster(['events', id, '--limit', '2', '--url', registry.url])).stdout.split('\n')).toEqual([
      '2026-11-21T12:00:00.000Z  7  register (register): boot_id b7, by runtime',
      '2026-11-21T12:00:00.000Z  9  register: provisioning → online: ec2_state terminated, tries 2, owes launch, by sweep',
    ]);
    expect(registry.asked.map(({ path }) => path)).toEqual([`/workspaces/${id}/events?limit=2`]);
  });

  it('reads on until there are as many as were asked for, and no more', async () => {
    const events = Array.from({ length: 500 }, (_, index) => eventOf(500 - index));
    const registry = await startScripted(({ path }) => {
      const query = new URL(path, 'http://x').searchParams;
      const before = Number(query.get('cursor') ?? 501);
      const items = events.filter((event) => event.id < before).slice(0, Number(query.get('limit')));
      return page(items, String(items.at(-1)?.id));
    });
    const { stdout } = await muster(['events', id, '--limit', '250', '--json', '--url', registry.url]);
    expect(JSON.parse(stdout)).toEqual({ items: events.slice(0, 250), next_cursor: '251' });
    expect(registry.asked.map(({ path }) => path.replace(/^.*\?/, ''))).toEqual(['limit=200', 'limit=50&cursor=301']);
  });
});
