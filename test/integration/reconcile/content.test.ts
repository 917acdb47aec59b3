import { describe, expect, it } from 'vitest';
import { createHandOver } from '../../../functions/heartbeat/hand-over.ts';
import { createHeartbeat } from '../../../functions/heartbeat/heartbeat.ts';
import { digestOf } from '../../../lib/domain/canonical.ts';
import { DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import { isOwed, told } from '../../support/reconciled.ts';
import { beatRecord } from '../../support/records.ts';
import { eventsOf, makeWorkspace, SEO_ALL, store, tokens } from '../../support/registry.ts';
import { heartbeat, reconcile, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const [{ name, version, sha256 }] = SEO_ALL.plugins;

it('the history tells of other content of a version that was there already, and not of the first that is known', async () => {
  const made = await makeWorkspace({ declaration: SEO_ALL });
  const token = await made.token('runtime');
  const report = (content: object) => heartbeat(token, made.id, { plugins: [{ name, version, ...content }] });
  for (const content of [
    {},
    { sha256 },
    { sha256: 'b'.repeat(64) },
    { sha256: 'b'.repeat(64), config_digest: sha256 },
    {},
    { sha256: 'b'.repeat(64), config_digest: sha256 },
  ]) {
    await report(content);
    await report(content);
  }
  expect((await told(made.id, 'plugin_installed')).map(({ evidence }) => evidence)).toEqual([
    { name, version, was: null },
    { name, version, was: version, sha256: 'b'.repeat(64) },
    { name, version, was: version, sha256: 'b'.repeat(64), config_digest: sha256 },
  ]);
});

describe('a plugin’s configuration', () => {
  const config = { depth: 3, empty: null, nested: { list: [1, { a: null }], text: 'é' } };
  const configured = async () => {
    const made = await makeWorkspace({ declaration: { plugins: [{ ...SEO_ALL.plugins[0], config }] } });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
    await reconcile(made.id);
    return {
      ...made,
      beat: (plugin: object) => heartbeat(token, made.id, { plugins: [{ name, version, ...plugin }] }),
    };
  };

  it('travels with the plan as it was declared, and is installed when its digest is reported', async () => {
    const made = await configured();
    await made.beat({ version: '0.9.0' });
    const [action] = (await made.beat({ version: '0.9.0' })).body.plan.actions;
    expect(action).toMatchObject({ config, config_digest: digestOf(config) });
    await made.beat({ sha256 });
    expect(await reconcile(made.id)).toMatchObject({ planned: 1 });
    await made.beat({ sha256, config_digest: 'f'.repeat(64) });
    expect(await reconcile(made.id)).toMatchObject({ planned: 1 });
    await made.beat({ sha256: sha256.toUpperCase(), config_digest: digestOf(config) });
    expect(await reconcile(made.id)).toMatchObject({ done: 1 });
  });

  it('that changes under the same version reaches a runtime that reports versions alone, once', async () => {
    const made = await configured();
    await made.beat({});
    expect(await reconcile(made.id)).toMatchObject({ done: 1 });
    await sql('UPDATE declared_plugins SET revision = 1 WHERE workspace_id = :id::uuid', { id: made.id });
    await sql(
      `UPDATE workspaces SET reconcile_wanted = reconcile_wanted + 1, reconcile_since = now(),
         reconcile_because = 'declared' WHERE id = :id::uuid`,
      { id: made.id },
    );
    expect(await reconcile(made.id)).toMatchObject({ planned: 1 });
    expect(await isOwed(made.id)).toBe(true);
    for (let beats = 0; beats < 2; beats += 1) {
      expect((await made.beat({})).body.plan.actions).toMatchObject([{ name, version, config }]);
    }
    expect(await reconcile(made.id)).toMatchObject({ done: 1 });
    expect((await made.beat({})).body.plan).toBeUndefined();
    const [, end] = await told(made.id, 'reconciled');
    expect(end?.evidence).toMatchObject({ confirmed_by_runtime: false, because: 'declared' });
  });
});

it('a declaration that changes while its plan is under way supersedes it: the old plan is handed out no more', async () => {
  const made = await makeWorkspace({ declaration: SEO_ALL });
  const token = await made.token('runtime');
  await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
  await reconcile(made.id);
  const beat = async () => (await heartbeat(token, made.id, { plugins: [] })).body.plan;
  const old = await beat();
  await sql('UPDATE workspaces SET declaration_version = declaration_version + 1 WHERE id = :id::uuid', {
    id: made.id,
  });
  await sql(`UPDATE declared_plugins SET version = '2.0.0' WHERE workspace_id = :id::uuid`, { id: made.id });
  expect(old.actions).toMatchObject([{ version: '1.0.0' }]);
  expect(await beat()).toBeUndefined();
  await reconcile(made.id);
  expect((await beat()).actions).toMatchObject([{ version: '2.0.0' }]);
});

describe('an artefact in S3', () => {
  const [plugin] = SEO_ALL.plugins;
  const declaration = { plugins: [{ ...plugin, source: 's3://artefacts/seo-all.tgz' }] };
  const planned = async () => {
    const made = await makeWorkspace({ declaration });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
    await reconcile(made.id);
    return { ...made, beat: () => heartbeat(token, made.id, { plugins: [] }) };
  };

  it('is handed over as a link that is signed for 15 minutes, anew with each beat, and stays the same plan', async () => {
    const made = await planned();
    const { plan_id, actions } = (await made.beat()).body.plan;
    const link = new URL(actions[0].url);
    expect(link.host).toBe('artefacts.s3.us-east-1.amazonaws.com');
    expect(link.pathname).toBe('/seo-all.tgz');
    expect(link.searchParams.get('X-Amz-Expires')).toBe('900');
    expect(link.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
    await reconcile(made.id);
    expect((await made.beat()).body.plan.plan_id).toBe(plan_id);
    const [stored] = await sql('SELECT actions::text FROM plans WHERE workspace_id = :id::uuid', { id: made.id });
    expect(stored?.['actions']).not.toContain('X-Amz');
    expect((await eventsOf(made.id)).filter(({ event }) => event === 'plan_made')).toHaveLength(1);
  });

  it('that cannot be signed costs its runtime neither its beat nor the other plugins', async () => {
    const unsigned: unknown[] = [];
    const failure = new Error('no credentials');
    const handOver = createHandOver({
      links: { linkTo: () => Promise.reject(failure) },
      store,
      unsigned: (error) => unsigned.push(error),
    });
    const made = await planned();
    const beat = createHeartbeat({
      ...{ tokens, store, handOver, random: () => 0.5, clock: Date.now, policy: DEFAULT_POLICY },
      reconcile: { request: async () => undefined },
    });
    const body = { workspace_id: made.id, ...beatRecord(made.id).beat };
    const answer = await beat('r', await made.token('runtime'), () => body);
    expect(answer).toMatchObject({ status: 'ok', workspace_status: 'online' });
    expect(answer.plan?.actions).toMatchObject([{ url: 's3://artefacts/seo-all.tgz' }]);
    const [stored] = await sql('SELECT handed_at::text FROM plans WHERE workspace_id = :id::uuid', { id: made.id });
    expect(stored).toEqual({ handed_at: null });
    expect(unsigned).toEqual([failure]);
  });
});
