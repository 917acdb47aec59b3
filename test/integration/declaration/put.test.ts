import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { STATUSES } from '../../../lib/domain/status.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';
import {
  DRY_RUN,
  declared,
  FORCE,
  lastEventOf,
  owedBy,
  plugin,
  put,
  read,
  rowsOfWorkspace,
  written,
} from './declaring.ts';

const SEO = plugin('seo-all', { config: { depth: 3, tags: ['a'] } });

const invokesOf = (id: string) =>
  shared.now.lambda.invocations.filter(
    ({ functionName, payload }) =>
      functionName === 'muster-test-reconcile' && JSON.stringify(payload) === JSON.stringify({ workspace_id: id }),
  ).length;

describe('the first declaration', () => {
  it('is version 1, with its document, its plugins, its event and the reconcile that it owes', async () => {
    const { id, instanceId } = await makeWorkspace();
    const { status, body, headers } = await put(id, { plugins: [SEO] });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        version: 1,
        applied: true,
        diff: {
          additive: [{ kind: 'plugin_added', plugin: 'seo-all', path: [], to: SEO }],
          destructive: [],
          already_present: [],
        },
        force_required: false,
      },
    });
    expect(headers).toMatchObject({ etag: '"1"' });
    expect((await read(id)).body).toMatchObject({ version: 1, plugins: [SEO], actor: 'operator', forced: false });
    expect(await rowsOfWorkspace(id)).toMatchObject([
      {
        ...SEO,
        config: '{"tags": ["a"], "depth": 3}',
        config_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        revision: 0,
      },
    ]);
    expect(await lastEventOf(id)).toEqual({
      event: 'declared',
      reason: 'declaration',
      evidence: {
        version: 1,
        forced: false,
        additive: 1,
        destructive: 0,
        changes: [{ kind: 'plugin_added', plugin: 'seo-all', path: [] }],
      },
      actor: 'operator',
      request_id: expect.any(String),
      generation: 1,
      instance_id: instanceId,
      from_status: null,
      to_status: null,
    });
    expect(await owedBy(id)).toMatchObject({
      declaration_version: 1,
      reconcile_wanted: 1,
      reconcile_because: 'declared',
    });
  });

  it('is due at once, also where others had failed and were to wait', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    await sql(
      `UPDATE workspaces SET reconcile_attempts = 7, reconcile_next_at = now() + interval '15 minutes',
         reconcile_since = now() - interval '1 hour', reconcile_because = 'register' WHERE id = :id::uuid`,
      { id },
    );
    await put(id, { plugins: [SEO] });
    expect(await owedBy(id)).toEqual({
      declaration_version: 1,
      reconcile_wanted: 2,
      reconcile_done: 0,
      reconcile_attempts: 0,
      reconcile_because: 'declared',
      is_due: true,
      is_new: true,
    });
  });
});

describe('an identical declaration', () => {
  it.each([
    ['as it is', { plugins: [plugin('ads'), SEO] }],
    ['with its keys in another order', { plugins: [plugin('ads'), Object.fromEntries(Object.entries(SEO).reverse())] }],
    ['with its plugins in another order', { plugins: [SEO, plugin('ads')] }],
    ['with empty parts', { plugins: [{ ...plugin('ads'), config: {}, config_marks: {} }, SEO] }],
  ])('%s changes nothing and writes nothing, also with force', async (_, document) => {
    const { id } = await makeWorkspace({ status: 'online' });
    await declared(id, plugin('ads'), SEO);
    const [before, invoked] = [await written(), invokesOf(id)];
    const answer = {
      version: 1,
      diff: { additive: [], destructive: [], already_present: ['ads', 'seo-all'] },
      force_required: false,
      applied: false,
    };
    for (const options of [{}, FORCE]) {
      const { status, body, headers } = await put(id, document, options);
      expect({ status, body }).toEqual({ status: 200, body: answer });
      expect(headers).toMatchObject({ etag: '"1"' });
    }
    const { body } = await put(id, document, DRY_RUN);
    expect(body).toEqual({ ...answer, dry_run: true, would_apply: true });
    expect(await written()).toBe(before);
    expect(invokesOf(id)).toBe(invoked);
  });
});

describe('a workspace', () => {
  it.each(STATUSES.filter((status) => status !== 'removed'))(
    'in %s takes a declaration; its reconcile is asked for where a runtime can be told',
    async (status) => {
      const { id } = await makeWorkspace({ status });
      expect(await put(id, { plugins: [SEO] })).toMatchObject({ status: 200, body: { applied: true } });
      expect(invokesOf(id)).toBe(status === 'online' || status === 'degraded' ? 1 : 0);
      await put(id, { plugins: [] }, DRY_RUN);
      expect(invokesOf(id)).toBe(status === 'online' || status === 'degraded' ? 1 : 0);
    },
  );

  it('has its declaration also when the invoke is refused', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    shared.now.lambda.refuses = true;
    try {
      expect(await put(id, { plugins: [SEO] })).toMatchObject({ status: 200, body: { applied: true, version: 1 } });
    } finally {
      shared.now.lambda.refuses = false;
    }
    expect(await owedBy(id)).toMatchObject({ reconcile_wanted: 2, reconcile_done: 0 });
  });

  it.each([{}, DRY_RUN, FORCE])('that is removed is 410, and one that is unknown 404 (%o)', async (options) => {
    const { id } = await makeWorkspace({ status: 'removed' });
    const before = await written();
    expect(await put(id, { plugins: [SEO] }, options)).toMatchObject({
      status: 410,
      body: { code: 'workspace_removed' },
    });
    expect(await put(randomUUID(), { plugins: [SEO] }, options)).toMatchObject({
      status: 404,
      body: { code: 'workspace_not_found' },
    });
    expect(await written()).toBe(before);
  });
});

it('the history tells of twenty changes, and how many there are', async () => {
  const { id } = await makeWorkspace();
  await declared(id, ...Array.from({ length: 21 }, (_, at) => plugin(`p${at}`)));
  const { evidence } = await lastEventOf(id);
  expect(evidence).toMatchObject({ additive: 21, changes: { length: 20 } });
});

it('what the history tells of a change stays small, however much changes', async () => {
  const { id } = await makeWorkspace();
  const deep = (leaf: string) => {
    const key = 'k'.repeat(100);
    return { [key]: { [key]: { [key]: { [key]: { [key]: { [key]: { [key]: { [leaf]: 1 } } } } } } } };
  };
  await declared(id, ...Array.from({ length: 40 }, (_, at) => plugin(`p${at}`, { config: deep('a') })));
  await declared(id, ...Array.from({ length: 40 }, (_, at) => plugin(`p${at}`, { config: deep('b') })));
  const [row] = await sql(
    `SELECT max(octet_length(evidence::text)) AS bytes FROM workspace_events WHERE workspace_id = :id::uuid`,
    { id },
  );
  expect(row?.['bytes']).toBeLessThan(4096);
  const { evidence } = await lastEventOf(id);
  expect(evidence).toMatchObject({ version: 2, forced: true, additive: 40, destructive: 40 });
  expect(evidence.changes.length).toBeGreaterThan(0);
});
