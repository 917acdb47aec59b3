import { describe, expect, it } from 'vitest';
import { createReconcile } from '../../../functions/reconcile/reconcile.ts';
import { type Mishap, mortal } from '../../support/killed.ts';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL, store } from '../../support/registry.ts';
import { heartbeat, reconcile, reconcileOwed, register } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';

const { lambda } = shared.now;

/** Runs of the schedule after which all has to be there. */
const ROUNDS = 4;

/** A runtime with a disk: it does what its plan says, and reports what is there. */
const runtimeOf = async () => {
  const made = await makeWorkspace({ declaration: SEO_ALL });
  const token = await made.token('runtime');
  const disk = new Map<string, { version: string; sha256: string }>();
  const installs: string[] = [];
  const report = () => [...disk].map(([name, artefact]) => ({ name, ...artefact }));
  await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
  return {
    id: made.id,
    installs,
    beat: async () => {
      const { body } = await heartbeat(token, made.id, { plugins: report() });
      for (const { name, version, sha256 } of body.plan?.actions ?? []) {
        if (disk.has(name)) continue;
        installs.push(name);
        disk.set(name, { version, sha256 });
      }
      await heartbeat(token, made.id, { plugins: report() });
    },
  };
};

const dying = (mishap: Mishap | 'twice') => {
  const { calls, converge } = mortal(mishap);
  const run = createReconcile({ store: converge.store });
  return async (workspaceId: string) => {
    await run({ workspaceId, requestId: 'dying', timeLeftMs: () => 1 }).catch((error: unknown) => error);
    return calls.length;
  };
};

const MISHAPS: readonly (Mishap | 'twice')[] = [
  'twice',
  ...[1, 2].flatMap((at) =>
    (['before', 'after'] as const).flatMap((when) =>
      (['dies', 'falters'] as const).map((how): Mishap => ({ at, when, how })),
    ),
  ),
];

describe.each(MISHAPS)('the reconcile trigger is lost with the function’s crash: %o', (mishap) => {
  it.each([
    ['before its plan is stored', false],
    ['before it is done', true],
  ])('%s: the schedule finds it, and the plugin is installed once', async (_, planned) => {
    const runtime = await runtimeOf();
    if (planned) {
      await reconcile(runtime.id);
      await runtime.beat();
    }
    const calls = await dying(mishap)(runtime.id);
    expect(calls).toBeGreaterThanOrEqual(mishap === 'twice' ? 2 : mishap.at);
    for (let round = 0; round < ROUNDS; round += 1) {
      await runtime.beat();
      // No invoke comes through: only time passes.
      lambda.invocations.length = 0;
      await sql(
        `UPDATE workspaces SET reconcile_lease_until = reconcile_lease_until - interval '1 hour',
           reconcile_next_at = reconcile_next_at - interval '1 hour' WHERE id = :id::uuid`,
        { id: runtime.id },
      );
      await reconcileOwed();
    }
    const row = await rowOf(runtime.id);
    expect(row?.['reconcile_done']).toBe(row?.['reconcile_wanted']);
    expect(runtime.installs).toEqual(['seo-all']);
    const told = (await eventsOf(runtime.id)).map(({ event }) => event);
    for (const once of ['plan_made', 'plugin_installed', 'reconciled']) {
      expect(told.filter((event) => event === once)).toHaveLength(1);
    }
  });
});

describe('a run of the schedule', () => {
  const listingOneByOne = () =>
    createReconcile({ store: { ...store, listOwedReconciles: () => store.listOwedReconciles({ limit: 1 }) } });
  const isPlanned = async ({ id }: { id: string }) =>
    (await eventsOf(id)).filter(({ event }) => event === 'plan_made').length === 1;

  it('goes on, page after page, until nothing is owed', async () => {
    const both = [await runtimeOf(), await runtimeOf()];
    await listingOneByOne()({ workspaceId: null, requestId: 'r', timeLeftMs: () => 1 });
    expect(await Promise.all(both.map(isPlanned))).toEqual([true, true]);
  });

  it('begins nothing when its time is over, and leaves the rest to the next', async () => {
    const runtime = await runtimeOf();
    await listingOneByOne()({ workspaceId: null, requestId: 'r', timeLeftMs: () => 0 });
    expect(await isPlanned(runtime)).toBe(false);
  });
});
