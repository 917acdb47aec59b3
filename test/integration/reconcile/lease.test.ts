import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createReconcile } from '../../../functions/reconcile/reconcile.ts';
import { recordRegister } from '../../../lib/adapters/rds-data/statements/record-register.ts';
import type { ClaimedReconcile } from '../../../lib/domain/reconcile.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { registerRecord } from '../../support/records.ts';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL, store } from '../../support/registry.ts';
import { heartbeat, reconcile, reconcileOwed, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const { behind } = useConnections();

const timeLeftMs = () => 1;

const NO_PLAN = { planId: 'x', actions: [], confirmable: false };

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
    expect(await slow({ workspaceId: made.id, requestId: 'r', timeLeftMs })).toEqual({ ...counts, planned: 1 });
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

it('a claim reads what this generation and boot reported, and nothing of another one', async () => {
  const made = await onlineWith([]);
  await made.beat({ plugins: [{ name: 'seo-all', version: '0.9.0' }] });
  const installed = { name: 'seo-all', version: '0.9.0' };
  const again = { workspaceId: made.id, lease: randomUUID(), leaseSeconds: 30 };
  expect((await store.claimReconcile(again))?.installed).toMatchObject([installed]);
  for (const other of ['generation = 2', "boot_id = 'b0'"]) {
    await sql(`UPDATE installed_plugins SET generation = 1, boot_id = 'b1' WHERE workspace_id = :id::uuid`, {
      id: made.id,
    });
    expect((await store.claimReconcile(again))?.installed).toHaveLength(1);
    await sql(`UPDATE installed_plugins SET ${other} WHERE workspace_id = :id::uuid`, { id: made.id });
    expect((await store.claimReconcile(again))?.installed).toEqual([]);
  }
});

describe('what a reconcile writes is refused', () => {
  const MEANWHILE = [
    [
      'its lease is lost',
      (id: string) => sql('UPDATE workspaces SET reconcile_lease = gen_random_uuid() WHERE id = :id::uuid', { id }),
    ],
    [
      'the generation is raised',
      (id: string) => sql('UPDATE workspaces SET generation = generation + 1 WHERE id = :id::uuid', { id }),
    ],
    [
      'the declaration changed',
      (id: string) =>
        sql('UPDATE workspaces SET declaration_version = declaration_version + 1 WHERE id = :id::uuid', { id }),
    ],
  ] as const;

  it.each(MEANWHILE)('when %s: no plan is stored', async (_, change) => {
    const made = await onlineWith([]);
    const old = await claimed(made.id);
    await change(made.id);
    expect(
      await store.storePlan({ claim: old, plan: NO_PLAN, evidence: {}, drift: [], requestId: 'r' }),
    ).toBeUndefined();
    expect(await sql('SELECT plan_id FROM plans WHERE workspace_id = :id::uuid', { id: made.id })).toEqual([]);
    expect(await plansMade(made.id)).toEqual([]);
  });

  it.each(MEANWHILE)('when %s: nothing is done', async (_, change) => {
    const made = await onlineWith(INSTALLED);
    const old = await claimed(made.id);
    await change(made.id);
    expect(await store.completeReconcile({ claim: old, evidence: {}, requestId: 'r' })).toBeUndefined();
    expect(await rowOf(made.id)).toMatchObject({ reconcile_done: 0 });
    expect((await eventsOf(made.id)).map(({ event }) => event)).not.toContain('reconciled');
  });

  it.each(MEANWHILE.slice(1))('when %s: the function begins anew, at most five times', async (_, change) => {
    const made = await onlineWith([]);
    for (const [times, outcome] of [
      [1, 'planned'],
      [4, 'planned'],
      [5, 'superseded'],
    ] as const) {
      let claims = 0;
      const run = createReconcile({
        store: {
          ...store,
          async claimReconcile(input) {
            const had = await store.claimReconcile(input);
            claims += 1;
            if (claims <= times) await change(made.id);
            return had;
          },
        },
      });
      expect(await run({ workspaceId: made.id, requestId: 'r', timeLeftMs })).toMatchObject({ [outcome]: 1 });
      expect(claims).toBe(Math.min(5, times + 1));
    }
  });
});

describe('a reconcile answers only what was asked when its reports were read', () => {
  it('what is asked after the claim stays owed, and is due at once', async () => {
    const made = await onlineWith(INSTALLED);
    const old = await claimed(made.id);
    await sql('UPDATE workspaces SET reconcile_wanted = reconcile_wanted + 1 WHERE id = :id::uuid', { id: made.id });
    await store.completeReconcile({ claim: old, evidence: {}, requestId: 'r' });
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 3, reconcile_done: 2 });
    expect(await store.listOwedReconciles({ limit: 1000 })).toContainEqual({ id: made.id });
  });

  it('what is asked after the claim is told to the one that stores its plan', async () => {
    const made = await onlineWith([]);
    const plan = { claim: await claimed(made.id), plan: NO_PLAN, evidence: {}, drift: [], requestId: 'r' };
    await made.beat({ plugins: INSTALLED });
    expect(await store.storePlan(plan)).toMatchObject({ owed: true });
    const next = { ...plan, claim: await claimed(made.id) };
    expect(await store.storePlan(next)).toMatchObject({ owed: false });
  });

  it('a claim that waits behind the register of a new boot does not answer for that boot', async () => {
    const made = await onlineWith(INSTALLED);
    await behind(
      (id) => database.run(recordRegister, registerRecord(made.id, { boot_id: 'b2' }), id),
      () => reconcile(made.id),
    );
    const row = await rowOf(made.id);
    expect(row).toMatchObject({ reconcile_wanted: 3, boot_id: 'b2' });
    expect(row?.['reconcile_done']).toBeLessThanOrEqual(2);
    await made.beat({ plugins: [] });
    const answer = await made.beat({ plugins: [] });
    expect(answer.body.plan.actions).toMatchObject([{ action: 'install', name: 'seo-all', version: '1.0.0' }]);
  });
});
