import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createReconcile } from '../../functions/reconcile/reconcile.ts';
import { recordRegister } from '../../lib/adapters/rds-data/statements/record-register.ts';
import type { ClaimedReconcile } from '../../lib/domain/reconcile.ts';
import { database } from '../support/database.ts';
import { useConnections } from '../support/locks.ts';
import { registerRecord } from '../support/records.ts';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL, store } from '../support/registry.ts';
import { heartbeat, reconcile, reconcileOwed, register } from '../support/runtime.ts';
import { sql } from '../support/sql.ts';

const { behind } = useConnections();

const INSTALLED = [{ name: 'seo-all', version: '1.0.0' }];

const onlineWith = async (plugins: typeof INSTALLED) => {
  const made = await makeWorkspace({ declaration: SEO_ALL });
  const token = await made.token('runtime');
  await register(token, { id: made.id, boot_id: 'b1', plugins });
  return { ...made, beat: (beat = {}) => heartbeat(token, made.id, beat) };
};

const claim = (workspaceId: string) => store.claimReconcile({ workspaceId, lease: randomUUID(), leaseSeconds: 30 });

const claimed = async (workspaceId: string): Promise<ClaimedReconcile> => {
  const had = await claim(workspaceId);
  if (had === undefined) throw new Error('nothing was claimed');
  return had;
};

const plansMade = async (id: string) => (await eventsOf(id)).filter(({ event }) => event === 'plan_made');

describe('a reconcile is one at a time', () => {
  it('of several claims at once one is had', async () => {
    const made = await onlineWith([]);
    const claims = await Promise.all(Array.from({ length: 5 }, () => claim(made.id)));
    expect(claims.filter((one) => one !== undefined)).toHaveLength(1);
  });

  it('two more that come while one is at work find nothing owed: one plan, told once', async () => {
    const made = await onlineWith([]);
    const others: unknown[] = [];
    const slow = createReconcile({
      store: {
        ...store,
        async storePlan(input) {
          others.push(...(await Promise.all([reconcile(made.id), reconcile(made.id)])));
          return store.storePlan(input);
        },
      },
    });
    const counts = { not_owed: 0, planned: 0, done: 0, superseded: 0 };
    expect(await slow({ workspaceId: made.id, requestId: 'r' })).toEqual({ ...counts, planned: 1 });
    expect(others).toEqual([
      { ...counts, not_owed: 1 },
      { ...counts, not_owed: 1 },
    ]);
    expect(await plansMade(made.id)).toHaveLength(1);
  });

  it('one that crashed after its claim is taken over when its lease is over', async () => {
    const made = await onlineWith([]);
    await claimed(made.id);
    expect(await reconcile(made.id)).toMatchObject({ not_owed: 1 });
    await sql(`UPDATE workspaces SET reconcile_lease_until = now(), reconcile_next_at = now() WHERE id = :id::uuid`, {
      id: made.id,
    });
    expect(await reconcileOwed()).toMatchObject({ planned: 1 });
  });

  it('a claim whose answer was lost is sent again, and is the same claim', async () => {
    const made = await onlineWith([]);
    const again = { workspaceId: made.id, lease: randomUUID(), leaseSeconds: 30 };
    const first = await store.claimReconcile(again);
    expect(first).toBeDefined();
    expect(await store.claimReconcile(again)).toEqual(first);
  });
});

describe('what a reconcile writes is refused', () => {
  const MEANWHILE = [
    [
      'its lease is lost',
      (id: string) => sql('UPDATE workspaces SET reconcile_lease = gen_random_uuid() WHERE id = :id::uuid', { id }),
    ],
    [
      'the generation is raised',
      (id: string) => sql('UPDATE workspaces SET generation = 2 WHERE id = :id::uuid', { id }),
    ],
    [
      'the declaration changed',
      (id: string) =>
        sql(
          `INSERT INTO declarations (workspace_id, version, document, actor)
           VALUES (:id::uuid, 2, '{"plugins": []}', 'test')`,
          { id },
        ),
    ],
  ] as const;

  it.each(MEANWHILE)('when %s: no plan is stored', async (_, change) => {
    const made = await onlineWith([]);
    const old = await claimed(made.id);
    await change(made.id);
    expect(await store.storePlan({ claim: old, planId: 'x', actions: [], requestId: 'r' })).toBeUndefined();
    expect(await sql('SELECT plan_id FROM plans WHERE workspace_id = :id::uuid', { id: made.id })).toEqual([]);
    expect(await plansMade(made.id)).toEqual([]);
  });

  it.each(MEANWHILE)('when %s: nothing is done', async (_, change) => {
    const made = await onlineWith(INSTALLED);
    const old = await claimed(made.id);
    await change(made.id);
    expect(await store.completeReconcile({ claim: old, evidence: {}, requestId: 'r' })).toBeUndefined();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 1, reconcile_done: 0 });
    expect((await eventsOf(made.id)).map(({ event }) => event)).not.toContain('reconciled');
  });

  it.each(MEANWHILE.slice(1))('when %s: the function says superseded', async (_, change) => {
    for (const plugins of [[], INSTALLED]) {
      const made = await onlineWith(plugins);
      const run = createReconcile({
        store: {
          ...store,
          async claimReconcile(input) {
            const had = await store.claimReconcile(input);
            await change(made.id);
            return had;
          },
        },
      });
      expect(await run({ workspaceId: made.id, requestId: 'r' })).toMatchObject({ superseded: 1 });
    }
  });
});

describe('a reconcile answers only what was asked when its reports were read', () => {
  it('what is asked after the claim stays owed, and is due at once', async () => {
    const made = await onlineWith(INSTALLED);
    const old = await claimed(made.id);
    await sql('UPDATE workspaces SET reconcile_wanted = reconcile_wanted + 1 WHERE id = :id::uuid', { id: made.id });
    await store.completeReconcile({ claim: old, evidence: {}, requestId: 'r' });
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 2, reconcile_done: 1 });
    expect(await store.listOwedReconciles({ limit: 1000 })).toContainEqual({ id: made.id });
  });

  it('a claim that waits behind the register of a new boot does not answer for that boot', async () => {
    const made = await onlineWith(INSTALLED);
    await behind(
      (id) => database.run(recordRegister, registerRecord(made.id, { boot_id: 'b2' }), id),
      () => reconcile(made.id),
    );
    const row = await rowOf(made.id);
    expect(row).toMatchObject({ reconcile_wanted: 2, boot_id: 'b2' });
    expect(row?.['reconcile_done']).toBeLessThanOrEqual(1);

    expect(await reconcile(made.id)).toMatchObject({ planned: 1 });
    const answer = await made.beat({ plugins: [] });
    expect(answer.body.plan.actions).toMatchObject([{ action: 'install', name: 'seo-all', version: '1.0.0' }]);
  });
});
