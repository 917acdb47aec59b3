import { describe, expect, it } from 'vitest';
import { createHandOver } from '../../../functions/heartbeat/hand-over.ts';
import { createHeartbeat } from '../../../functions/heartbeat/heartbeat.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import { database } from '../../support/database.ts';
import { isOwed } from '../../support/reconciled.ts';
import { beatRecord } from '../../support/records.ts';
import { makeWorkspace, SEO_ALL, store, tokens } from '../../support/registry.ts';
import { heartbeat, reconcile, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { createStore } from '../../support/store.ts';
import { declared, FORCE, plugin, put } from '../declaration/declaring.ts';

const many = (more = {}) =>
  Array.from({ length: 300 }, (_, at) => plugin(`p${at}`, { source: 'https://a.b/c', config: { a: 1 }, ...more }));

const registered = async (declaration = SEO_ALL) => {
  const made = await makeWorkspace({ declaration });
  const token = await made.token('runtime');
  await register(token, { id: made.id, boot_id: 'b1' });
  await reconcile(made.id);
  return { ...made, runtime: token, beat: async (beat = {}) => (await heartbeat(token, made.id, beat)).body };
};

/** Its plan handed over, and its reconcile done for all that can be known. */
const done = async () => {
  const made = await registered();
  await made.beat();
  await made.beat();
  expect(await reconcile(made.id)).toMatchObject({ done: 1 });
  return made;
};

describe('a runtime that never reports plugins', () => {
  it('gets the whole of a large declaration at once', async () => {
    const made = await makeWorkspace();
    await declared(made.id, ...many());
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1' });
    await reconcile(made.id);
    const [plan] = await sql(
      'SELECT octet_length(CAST(actions AS text)) AS bytes FROM plans WHERE workspace_id = :id::uuid',
      { id: made.id },
    );
    expect(plan?.['bytes']).toBeGreaterThan(60_000);
    expect((await heartbeat(token, made.id)).body.plan.actions).toHaveLength(300);
  });

  it('is told nothing new where another plan has come before a large one could be read', async () => {
    const made = await makeWorkspace();
    await declared(made.id, ...many());
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1' });
    await reconcile(made.id);
    const beats = new Set<unknown>([recordHeartbeat]);
    const reading = createStore({
      run: async (...call) => {
        if (!beats.has(call[0])) await sql(`UPDATE plans SET plan_id = 'other'`);
        return database.run(...call);
      },
    });
    expect(await reading.recordHeartbeat(beatRecord(made.id))).toMatchObject({ plan: null });
  });

  it('gets its plan again where the answer that carried it may have been lost', async () => {
    const made = await registered();
    expect((await made.beat()).plan.actions).toHaveLength(1);
    expect(await reconcile(made.id)).toMatchObject({ planned: 1 });
    expect((await made.beat()).plan.actions).toHaveLength(1);
    expect(await reconcile(made.id)).toMatchObject({ done: 1 });
  });

  it('gets a plan that could not be signed when it can be', async () => {
    const made = await registered();
    const handOver = createHandOver({
      links: { linkTo: () => Promise.reject(new Error('no credentials')) },
      store,
      unsigned: () => undefined,
    });
    const reconciling = { request: async (id: string) => void (await reconcile(id)) };
    const ports = {
      tokens,
      store,
      handOver,
      random: () => 0.5,
      clock: Date.now,
      policy: DEFAULT_POLICY,
      reconcile: reconciling,
    };
    for (let beats = 0; beats < 3; beats += 1) {
      const body = { workspace_id: made.id, ...beatRecord(made.id).beat };
      const { plan } = await createHeartbeat(ports)('r', made.runtime, () => body);
      expect(plan?.actions).toMatchObject([{ url: SEO_ALL.plugins[0].source }]);
    }
    expect((await made.beat()).plan.actions).toHaveLength(1);
  });

  it('gets the new source of what it was handed before its reconcile was done', async () => {
    const made = await registered();
    await made.beat();
    await made.beat();
    const source = 'https://mended.example/seo-all.tgz';
    expect(await put(made.id, { plugins: [{ ...SEO_ALL.plugins[0], source }] }, FORCE)).toMatchObject({ status: 200 });
    expect(await reconcile(made.id)).toMatchObject({ planned: 1 });
    for (let beats = 0; beats < 2; beats += 1) {
      expect((await made.beat()).plan.actions).toMatchObject([{ url: source }]);
      expect(await reconcile(made.id)).toMatchObject(beats === 0 ? { planned: 1 } : { done: 1 });
    }
  });

  it.each([
    ['nothing is there', []],
    ['the install failed', [{ name: 'seo-all', version: null, failed: { version: '1.0.0', reason: 'no disk' } }]],
  ])('is believed when its first report says that %s', async (_, plugins) => {
    const beating = await done();
    await beating.beat({ plugins });
    expect(await isOwed(beating.id)).toBe(true);
    const registering = await done();
    await register(registering.runtime, { id: registering.id, boot_id: 'b1', plugins });
    expect(await isOwed(registering.id)).toBe(true);
  });
});

it('nothing is removed from a runtime that nobody ever declared anything for', async () => {
  const made = await makeWorkspace();
  const token = await made.token('runtime');
  const plugins = [{ name: 'mine', version: '1' }];
  await register(token, { id: made.id, boot_id: 'b1', plugins });
  expect(await reconcile(made.id)).toMatchObject({ done: 1 });
  expect((await heartbeat(token, made.id, { plugins })).body.plan).toBeUndefined();
});

describe('a runtime that reports versions alone', () => {
  const online = async (...plugins: ReturnType<typeof plugin>[]) => {
    const made = await makeWorkspace();
    await declared(made.id, ...plugins);
    const report = plugins.map(({ name, version }) => ({ name, version }));
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: report });
    expect(await reconcile(made.id)).toMatchObject({ done: 1 });
    return { ...made, beat: async () => (await heartbeat(token, made.id, { plugins: report })).body };
  };
  const other = { sha256: 'b'.repeat(64) };

  it.each([
    ['was removed and declared again', []],
    ['was left and came back', [plugin('a', { version: '2.0.0' })]],
  ])('gets the other artefact of a version that %s', async (_, between) => {
    const made = await online(plugin('a'));
    await declared(made.id, ...between);
    await declared(made.id, plugin('a', other));
    await reconcile(made.id);
    expect((await made.beat()).plan.actions).toMatchObject([{ name: 'a', ...other }]);
  });

  it('gets the change of a whole large declaration', async () => {
    const made = await online(...many());
    await declared(made.id, ...many(other));
    await reconcile(made.id);
    expect((await made.beat()).plan.actions).toHaveLength(300);
  });
});
