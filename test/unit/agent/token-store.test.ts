import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTokenStore } from '../../../infra/agent/token-store.ts';

const owner = { workspaceId: 'w', generation: 2 };
const kept = { workspace_id: 'w', generation: 2, auth_token: 'kept' };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'muster-token-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

it('gives back what it was given, in a folder that it makes', async () => {
  const store = createTokenStore(join(home, 'deep/er'));
  expect(await store.read(owner)).toBeUndefined();
  await store.write(owner, { authToken: 'one', heartbeatUrl: 'https://beats.example/' });
  await store.write(owner, { authToken: 'two' });
  expect(await store.read(owner)).toEqual({ authToken: 'two' });
  expect(await readdir(join(home, 'deep/er'))).toEqual(['token.json']);
});

it('replaces a file that others could read, and what a crash has left half written, by one of mode 0600', async () => {
  await writeFile(join(home, 'token.json'), JSON.stringify(kept), { mode: 0o644 });
  await writeFile(join(home, 'token.json.new'), '{"work', { mode: 0o644 });
  await createTokenStore(home).write(owner, { authToken: 'new' });
  expect((await stat(join(home, 'token.json'))).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(join(home, 'token.json'), 'utf8'))).toEqual({ ...kept, auth_token: 'new' });
});

it.each([
  { title: 'of an older generation', content: JSON.stringify({ ...kept, generation: 1 }) },
  { title: 'of another workspace', content: JSON.stringify({ ...kept, workspace_id: 'x' }) },
  { title: 'that is empty', content: JSON.stringify({ ...kept, auth_token: '' }) },
  { title: 'in a file that was cut', content: '{"workspace_id": "' },
])('has no token for its owner when it finds one $title', async ({ content }) => {
  await writeFile(join(home, 'token.json'), content);
  expect(await createTokenStore(home).read(owner)).toBeUndefined();
});

it('keeps where to beat beside the token', async () => {
  const store = createTokenStore(home);
  await store.write(owner, { authToken: 'one', heartbeatUrl: 'https://beats.example/' });
  expect(await store.read(owner)).toEqual({ authToken: 'one', heartbeatUrl: 'https://beats.example/' });
});

it.each([1, 'nowhere', 'http://beats.example/'])('has the token without %s as the place to beat at', async (url) => {
  await writeFile(join(home, 'token.json'), JSON.stringify({ ...kept, heartbeat_url: url }));
  expect(await createTokenStore(home).read(owner)).toEqual({ authToken: 'kept' });
});

it('has a token for whoever reads while it is replaced', async () => {
  const store = createTokenStore(home);
  await store.write(owner, { authToken: 'kept' });
  let over = false;
  const writing = (async () => {
    for (let turn = 0; turn < 50; turn += 1) await store.write(owner, { authToken: 'kept' });
  })().finally(() => {
    over = true;
  });
  while (!over) expect(await store.read(owner)).toEqual({ authToken: 'kept' });
  await writing;
});
