import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createReconcile } from '../../../functions/reconcile/reconcile.ts';
import { completeReconcile } from '../../../lib/adapters/rds-data/statements/complete-reconcile.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { INSTALLED, isOwed, reconciled, told } from '../../support/reconciled.ts';
import { beatRecord } from '../../support/records.ts';
import { makeWorkspace, SEO_ALL, store } from '../../support/registry.ts';
import { heartbeat, reconcile, reconcileOwed, register } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';

const { lambda } = shared.now;
const { behind } = useConnections();

const [{ sha256 }] = SEO_ALL.plugins;

describe('what a runtime reports is believed: drift from what was reconciled is an event, and mended', () => {
  it.each([
    ['a plugin that vanished', [], { declared: '1.0.0', reported: null }, 'install'],
    [
      'another version',
      [{ name: 'seo-all', version: '0.9.0', sha256 }],
      { declared: '1.0.0', reported: '0.9.0' },
      'install',
    ],
    [
      'another artefact of its version',
      [{ name: 'seo-all', version: '1.0.0', sha256: 'b'.repeat(64) }],
      { declared: '1.0.0', reported: '1.0.0' },
      'install',
    ],
  ])('%s', async (_, report, evidence, action) => {
    const made = await reconciled();
    await made.beat(report);
    expect(lambda.invocations).toMatchObject([{ payload: { workspace_id: made.id } }]);
    expect(await reconcile(made.id)).toMatchObject({ planned: 1 });
    expect((await made.beat(report)).body.plan.actions).toMatchObject([{ action, name: 'seo-all' }]);
    expect(await told(made.id, 'plugin_drifted')).toEqual([
      { event: 'plugin_drifted', evidence: { name: 'seo-all', ...evidence } },
    ]);
    await made.beat(INSTALLED);
    expect(await reconcile(made.id)).toMatchObject({ done: 1 });
    expect(await told(made.id, 'plugin_drifted')).toHaveLength(1);
    expect(await isOwed(made.id)).toBe(false);
  });

  it('a plugin that nobody declared', async () => {
    const made = await reconciled();
    await made.beat([...INSTALLED, { name: 'stray', version: '3' }]);
    await reconcile(made.id);
    expect((await made.beat([...INSTALLED, { name: 'stray', version: '3' }])).body.plan.actions).toEqual([
      { action: 'remove', name: 'stray' },
    ]);
    expect(await told(made.id, 'plugin_drifted')).toMatchObject([
      { evidence: { name: 'stray', declared: null, reported: '3' } },
    ]);
  });

  it('what is mended step by step has drifted once', async () => {
    const made = await reconciled();
    const stray = { name: 'stray', version: '3' };
    await made.beat([stray]);
    await reconcile(made.id);
    await made.beat([...INSTALLED, stray]);
    await reconcile(made.id);
    const drifted = (await told(made.id, 'plugin_drifted')).map(({ evidence }) => evidence.name);
    expect(drifted).toEqual(['seo-all', 'stray']);
  });

  it('although the invoke of reconcile is lost: by the schedule', async () => {
    const made = await reconciled();
    lambda.refuses = true;
    await made.beat([]);
    lambda.refuses = false;
    expect(await reconcileOwed()).toMatchObject({ planned: 1 });
  });

  it('also where the schedule had been told to wait: what was reported is looked at now', async () => {
    const made = await reconciled();
    await made.beat([]);
    await reconcile(made.id);
    const due = async () => (await store.listOwedReconciles({ limit: 1_000 })).some(({ id }) => id === made.id);
    expect(await due()).toBe(false);
    await made.beat(INSTALLED);
    expect(await due()).toBe(true);
  });

  it('a report that says the same as before owes nothing, nor does a failed attempt at what is in place', async () => {
    const made = await reconciled();
    await made.beat(INSTALLED);
    await made.beat([{ ...INSTALLED[0], failed: { version: '2.0.0', reason: 'no disk' } }]);
    expect(await isOwed(made.id)).toBe(false);
    expect(lambda.invocations).toEqual([]);
    expect(await told(made.id, 'plugin_failed')).toHaveLength(1);
  });

  it('what is still being installed is no drift', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
    await reconcile(made.id);
    await heartbeat(token, made.id, { plugins: [{ name: 'other', version: '1' }] });
    await reconcile(made.id);
    expect(await told(made.id, 'plugin_drifted')).toEqual([]);
    const [first, second] = await told(made.id, 'plan_made');
    expect(first?.evidence).toMatchObject({ found_by: 'invoke', installs: 1, removes: 0 });
    expect(second?.evidence).toMatchObject({ installs: 1, removes: 1 });
  });
});

describe('a report is never lost on a reconcile that has read the one before', () => {
  it('one that comes between its claim and its end keeps the workspace owing', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: INSTALLED });
    const claim = await store.claimReconcile({ workspaceId: made.id, lease: randomUUID(), leaseSeconds: 30 });
    if (claim === undefined) throw new Error('nothing was claimed');
    await heartbeat(token, made.id, { plugins: [] });
    expect(await store.completeReconcile({ claim, evidence: {}, requestId: 'r' })).toMatchObject({ owed: true });
    expect(await isOwed(made.id)).toBe(true);
  });

  it('the reconcile that holds the lease meanwhile mends it itself', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: INSTALLED });
    const outcomes: unknown[] = [];
    const slow = createReconcile({
      store: {
        ...store,
        async completeReconcile(input) {
          await heartbeat(token, made.id, { plugins: [] });
          outcomes.push(await reconcile(made.id));
          return store.completeReconcile(input);
        },
      },
    });
    expect(await slow({ workspaceId: made.id, requestId: 'r', timeLeftMs: () => 1 })).toMatchObject({ planned: 1 });
    expect(outcomes).toMatchObject([{ not_owed: 1 }]);
    expect((await heartbeat(token, made.id, { plugins: [] })).body.plan.actions).toHaveLength(1);
  });

  it('one that waits behind the end of a reconcile finds it done, and owes another', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: INSTALLED });
    const claim = await store.claimReconcile({ workspaceId: made.id, lease: randomUUID(), leaseSeconds: 30 });
    if (claim === undefined) throw new Error('nothing was claimed');
    await behind(
      (id) => database.run(completeReconcile, { claim, evidence: {}, requestId: 'r' }, id),
      () => database.run(recordHeartbeat, beatRecord(made.id, { plugins: [] })),
    );
    expect(await isOwed(made.id)).toBe(true);
  });
});
