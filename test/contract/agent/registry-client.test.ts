import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { createRegistryClient } from '../../../infra/agent/registry-client.ts';
import { registered, startScriptedRegistry } from './scripted-registry.ts';

const never = new AbortController().signal;
const body = { id: 'w', boot_id: 'b', agent_version: '1', plugins: [] };
const registerAt = (url: string, fetch = globalThis.fetch) =>
  createRegistryClient(url, fetch).register('t', body, never);
afterEach(() => void vi.useRealTimers());

it('says that nobody answers, and why, where it cannot connect', async () => {
  const registry = await startScriptedRegistry();
  await registry.stop();
  expect(await registerAt(registry.url)).toMatchObject({
    kind: 'unreachable',
    reason: expect.stringMatching(/^fetch failed: .+/),
  });
});

it.each([
  ['a page of something in between', '<html>', { kind: 'unreachable' }],
  ['a pace of 0', registered('r', 0).body, { kind: 'ok', body: { next_heartbeat_in_s: 0.05 } }],
  ['a pace of a day', registered('r', 86_400).body, { kind: 'ok', body: { next_heartbeat_in_s: 3_600 } }],
])('reads 200 with %s', async (_, answer, expected) => {
  const registry = await startScriptedRegistry();
  onTestFinished(registry.stop);
  registry.script.register = () => ({ status: 200, body: answer });
  expect(await registerAt(registry.url)).toMatchObject(expected);
});

it('does not carry its token to where a redirect leads', async () => {
  const [registry, other] = [await startScriptedRegistry(), await startScriptedRegistry()];
  onTestFinished(registry.stop);
  onTestFinished(other.stop);
  registry.script.register = () => ({ status: 307, body: '', headers: { location: `${other.url}/registry/register` } });
  expect(await registerAt(registry.url)).toMatchObject({ kind: 'refused', status: 307 });
  expect(other.calls).toEqual([]);
});

it('waits 30 s for an answer and no longer', async () => {
  vi.useFakeTimers();
  const silent = (_: unknown, init?: RequestInit) =>
    new Promise<never>((_resolve, reject) =>
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
    );
  const answer = registerAt('http://127.0.0.1:1', silent);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await answer).toEqual({ kind: 'unreachable', reason: 'nothing came for 30 s' });
});
