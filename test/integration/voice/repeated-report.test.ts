import { expect, it } from 'vitest';
import { makeWorkspace, tokens } from '../../support/registry.ts';
import { heartbeat, reconcileOwed, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const OLD = [{ name: 'seo-all', version: '1.0.0' }];
const NEW = [{ name: 'seo-all', version: '2.0.0' }];

const installedOn = (id: string) =>
  sql('SELECT name, version, generation FROM installed_plugins WHERE workspace_id = :id::uuid ORDER BY name', { id });
const one = (version: string, generation = 1) => [{ name: 'seo-all', version, generation }];

/** A runtime that is owed nothing, so that nothing else makes its beat look at the workspace. */
const makeRuntime = async () => {
  const made = await makeWorkspace();
  const registered = await register(await made.token('runtime'), { id: made.id, boot_id: 'b1', plugins: [] });
  await reconcileOwed();
  return { ...made, runtime: String(registered.body.auth_token) };
};

it('is not compared with what is stored', async () => {
  const { id, runtime } = await makeRuntime();
  await heartbeat(runtime, id, { plugins: OLD });
  await sql('DELETE FROM installed_plugins WHERE workspace_id = :id::uuid', { id });
  await heartbeat(runtime, id, { plugins: OLD });
  expect(await installedOn(id)).toEqual([]);
});

it('is stored again after another one, also one that is the first of all', async () => {
  const { id, runtime } = await makeRuntime();
  for (const { plugins, stored } of [
    { plugins: OLD, stored: one('1.0.0') },
    { plugins: NEW, stored: one('2.0.0') },
    { plugins: OLD, stored: one('1.0.0') },
    { plugins: [], stored: [] },
    { plugins: OLD, stored: one('1.0.0') },
  ]) {
    await heartbeat(runtime, id, { plugins });
    await heartbeat(runtime, id);
    expect(await installedOn(id)).toEqual(stored);
  }
});

it('is stored again after a register of the same boot has reported something else', async () => {
  const { id, runtime } = await makeRuntime();
  await heartbeat(runtime, id, { plugins: OLD });
  await register(runtime, { id, boot_id: 'b1', plugins: NEW });
  await heartbeat(runtime, id, { plugins: OLD });
  expect(await installedOn(id)).toEqual(one('1.0.0'));
});

it('is stored again for another generation, also without a register', async () => {
  const { id, runtime } = await makeRuntime();
  await heartbeat(runtime, id, { plugins: OLD });
  for (const table of ['workspaces', 'heartbeats']) {
    const key = table === 'workspaces' ? 'id' : 'workspace_id';
    await sql(`UPDATE ${table} SET generation = 2 WHERE ${key} = :id::uuid`, { id });
  }
  await heartbeat(await tokens.sign({ sub: id, gen: 2, ver: 1, kind: 'runtime' }), id, { plugins: OLD });
  expect(await installedOn(id)).toEqual(one('1.0.0', 2));
});

it('is another one also when many plugins that had one version all have the next', async () => {
  const { id, runtime } = await makeRuntime();
  const all = (version: string) => Array.from({ length: 16 }, (_, at) => ({ name: `suite-${at}`, version }));
  await heartbeat(runtime, id, { plugins: all('1.0.0') });
  await heartbeat(runtime, id, { plugins: all('2.0.0') });
  expect(new Set((await installedOn(id)).map(({ version }) => version))).toEqual(new Set(['2.0.0']));
});
