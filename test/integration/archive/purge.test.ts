import { describe, expect, it } from 'vitest';
import { makeWorkspace, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { archive, useEmptyArchive } from './archived.ts';

useEmptyArchive();

const there = async (table: string, column: string, id: string) =>
  (await sql(`SELECT 1 AS one FROM ${table} WHERE ${column}::text = :id::text`, { id })).length > 0;

describe('a plan', () => {
  type Case = readonly [of: string, days: number, change: string | undefined, stays: boolean];

  it.each<Case>([
    ['the present generation and boot', 400, undefined, true],
    ['an older generation', 31, 'UPDATE workspaces SET generation = 2', false],
    ['an older generation', 29, 'UPDATE workspaces SET generation = 2', true],
    ['an older boot', 31, `UPDATE heartbeats SET boot_id = 'b2'`, false],
    ['a boot that is no longer named', 31, 'UPDATE heartbeats SET boot_id = NULL', false],
  ])('of %s, %i days old (%s), stays: %s', async (_, days, change, stays) => {
    const { id } = await planned(days);
    const key = change?.includes('heartbeats') ? 'workspace_id' : 'id';
    if (change !== undefined) await sql(`${change} WHERE ${key} = :id::uuid`, { id });
    await archive();
    expect(await there('plans', 'workspace_id', id)).toBe(stays);
  });

  it('of a removed workspace goes', async () => {
    const { id } = await planned(31);
    await transition(id, 'remove', 'removed', 'terminate');
    await archive();
    expect(await there('plans', 'workspace_id', id)).toBe(false);
  });

  async function planned(days: number) {
    const made = await makeWorkspace({ status: 'online' });
    await sql(`UPDATE heartbeats SET boot_id = 'b1' WHERE workspace_id = :id::uuid`, { id: made.id });
    await sql(
      `INSERT INTO plans (workspace_id, plan_id, generation, boot_id, declaration_version, actions, created_at)
       VALUES (:id::uuid, 'p', 1, 'b1', 1, '[]', now() - make_interval(days => :days::integer))`,
      { id: made.id, days },
    );
    return made;
  }
});

describe('a sighting of an orphan', () => {
  it.each([
    ['seen 25 hours ago', 25, false, false],
    ['seen 23 hours ago', 23, false, true],
    ['that EC2 was asked to end, and of which nothing was told yet', 25, true, true],
  ])('%s: stays: %s', async (_, hours, asked, stays) => {
    const id = `i-${Math.random().toString(16).slice(2)}`;
    await sql(
      `INSERT INTO orphan_sightings (instance_id, action, reason, evidence, run, last_seen_at, asked_at)
       VALUES (:id::text, 'alarm', 'r', '{}', gen_random_uuid(), now() - make_interval(hours => :hours::integer),
         CASE WHEN :asked::boolean THEN now() END)`,
      { id, hours, asked },
    );
    await archive();
    expect(await there('orphan_sightings', 'instance_id', id)).toBe(stays);
  });
});

describe('a hint', () => {
  it.each([
    [25, false],
    [23, true],
  ])('of %i hours ago stays: %s', async (hours, stays) => {
    const id = `i-${Math.random().toString(16).slice(2)}`;
    await sql(
      `INSERT INTO hints (instance_id, hinted_at) VALUES (:id::text, now() - make_interval(hours => :hours::integer))`,
      { id, hours },
    );
    await archive();
    expect(await there('hints', 'instance_id', id)).toBe(stays);
  });
});

describe('what was installed', () => {
  it.each([
    ['online', 400, true],
    ['offline', 400, true],
    ['removed', 29, true],
    ['removed', 31, false],
  ] as const)('on a workspace that is %s for %i days stays: %s', async (status, days, stays) => {
    const { id } = await makeWorkspace({ status });
    await sql(
      `INSERT INTO installed_plugins (workspace_id, name, version, generation, reported_at)
       VALUES (:id::uuid, 'seo-all', '1.0.0', 1, now() - interval '1 year')`,
      { id },
    );
    await sql(
      'UPDATE workspaces SET status_since = now() - make_interval(days => :days::integer) WHERE id = :id::uuid',
      {
        id,
        days,
      },
    );
    await archive();
    expect(await there('installed_plugins', 'workspace_id', id)).toBe(stays);
    expect(await there('workspaces', 'id', id)).toBe(true);
  });
});

describe('what is forgotten', () => {
  it('goes in batches, however much there is, and is told', async () => {
    await sql(
      `INSERT INTO hints (instance_id, hinted_at)
       SELECT 'old-' || n, now() - interval '2 days' FROM generate_series(1, 1200) n`,
    );
    expect(await store.purgeHints({ limit: 1000 })).toHaveLength(1000);
    await sql(
      `INSERT INTO hints (instance_id, hinted_at)
       SELECT 'older-' || n, now() - interval '3 days' FROM generate_series(1, 1000) n`,
    );
    expect((await archive()).purged).toMatchObject({ hints: 1200 });
  });

  it('is forgotten without an archive too, and while another run has it', async () => {
    const old = () => sql(`INSERT INTO hints (instance_id, hinted_at) VALUES ('i-old', now() - interval '2 days')`);
    await old();
    expect((await archive({ objects: undefined })).purged).toMatchObject({ hints: 1 });
    await old();
    await store.claimArchive({ owner: '00000000-0000-4000-8000-000000000001', holdSeconds: 60 });
    expect((await archive()).purged).toMatchObject({ hints: 1 });
  });

  it('is not, once the time of the run is over', async () => {
    await sql(`INSERT INTO hints (instance_id, hinted_at) VALUES ('i-late', now() - interval '2 days')`);
    expect((await archive({ timeLeftMs: () => 0 })).purged).toMatchObject({ hints: 0 });
  });
});
