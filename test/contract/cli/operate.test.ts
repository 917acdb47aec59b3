import { describe, expect, it } from 'vitest';
import { id, muster } from './muster.ts';
import { ok, problem, startScripted } from './scripted-registry.ts';

const answer = { id, status: 'paused', generation: 3, owed_operation: 'stop', changed: true };

describe('a command that changes a workspace', () => {
  it.each<[args: string[], method: string, path: string]>([
    [['restart', id], 'POST', '/restart'],
    [['restart', id, '--replace'], 'POST', '/restart?replace=true'],
    [['pause', id], 'POST', '/pause'],
    [['resume', id], 'POST', '/resume'],
    [['hibernate', id], 'POST', '/hibernate'],
    [['wake', id], 'POST', '/wake'],
    [['rm', id], 'DELETE', ''],
  ])('%j calls %s /workspaces/{id}%s once and says what is owed', async (args, method, path) => {
    const registry = await startScripted(() => ok(answer, 202));
    const ended = await muster([...args, '--url', registry.url]);
    expect(ended).toEqual({ exitCode: 0, stdout: `${id}: paused, generation 3, owes stop`, stderr: '' });
    expect(registry.asked).toMatchObject([{ method, path: `/workspaces/${id}${path}`, body: undefined }]);
    expect(registry.asked).toHaveLength(1);
  });

  it('says that nothing changed', async () => {
    const registry = await startScripted(() => ok({ ...answer, owed_operation: null, changed: false }, 202));
    const { stdout } = await muster(['pause', id, '--url', registry.url]);
    expect(stdout).toBe(`${id}: paused, generation 3 (it was so already: nothing changed)`);
  });

  it('with --json prints the answer', async () => {
    const registry = await startScripted(() => ok({ ...answer, more: 1 }, 202));
    const { stdout, stderr } = await muster(['wake', id, '--json', '--url', registry.url]);
    expect({ answered: JSON.parse(stdout), stderr }).toEqual({ answered: { ...answer, more: 1 }, stderr: '' });
  });

  it('prints the tokens that reissue-token answers', async () => {
    const tokens = { runtime_token: 'r.r.r', bootstrap_token: 'b.b.b' };
    const registry = await startScripted(() => ok({ id, status: 'online', generation: 3, ...tokens }, 202));
    const { exitCode, stdout } = await muster(['reissue-token', id, '--url', registry.url]);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual(['runtime_token   r.r.r', 'bootstrap_token b.b.b']);
    expect(registry.asked).toMatchObject([{ method: 'POST', path: `/workspaces/${id}/reissue-token` }]);
  });

  it('tells what would be allowed', async () => {
    const registry = await startScripted(() =>
      problem(409, 'transition_refused', { allowed: ['resume', 'remove'], agent_action: 'Resume it first.' }),
    );
    expect(await muster(['hibernate', id, '--url', registry.url])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'Refused (409 transition_refused): transition_refused. Allowed: resume, remove. Resume it first. (request r1)',
    });
  });

  it('is never repeated after a lost answer, which is told', async () => {
    const registry = await startScripted(() => 'lost');
    expect(await muster(['restart', id, '--url', registry.url])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^No answer from .*\. Whether it was carried out is not known\.$/),
    });
    expect(registry.asked).toHaveLength(1);
  });
});
