import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../infra/migrate.ts';
import { readMigrationFiles } from '../../infra/migrations/files.ts';
import { CLUSTER_ARN, OWNER_SECRET_ARN, TEMPLATE_DATABASE } from '../support/provided.ts';
import { shared } from '../support/shared.ts';

const admin = () => new pg.Client({ ...shared.now.postgres, database: 'postgres' });
const name = `${shared.now.databaseName}_m`;
const config = { clusterArn: CLUSTER_ARN, secretArn: OWNER_SECRET_ARN, name, budgetMs: 90_000 };
let folder = '';

const inAdmin = async (text: string) => {
  const client = admin();
  await client.connect();
  await client.query(text);
  await client.end();
};

const rows = async (text: string) => {
  const client = new pg.Client({ ...shared.now.postgres, database: name });
  await client.connect();
  const { rows: found } = await client.query(text);
  await client.end();
  return found;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-migrations-'));
  await cp(join(import.meta.dirname, '../../infra/migrations'), folder, { recursive: true });
});

/** A database of each test's own; migrated already where it is made from the template. */
const createBefore = (template: string) =>
  beforeEach(() => inAdmin(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${shared.now.owner.user}`));

afterEach(async () => {
  await fetch(`${shared.now.dataApiUrl}/_control/pools/${name}`, { method: 'DELETE' });
  await inAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
  await rm(folder, { recursive: true });
});

describe('migrations of an empty database', () => {
  createBefore('template0');

  it('are applied once each, in the order of their names, routines last', async () => {
    const { applied } = await migrate(config, folder);
    const files = await readMigrationFiles(folder);
    expect(applied).toEqual(files.map((file) => file.name));
    expect(await migrate(config, folder)).toEqual({ applied: [] });
  });

  it('take from everybody the temporary tables that would stand before those of the same name', async () => {
    await migrate(config, folder);
    const [right] = await rows(`SELECT has_database_privilege('muster_app', current_database(), 'TEMP') AS temporary`);
    expect(right).toEqual({ temporary: false });
  });

  it('are applied once also when two run at once', async () => {
    const runs = await Promise.all([migrate(config, folder), migrate(config, folder)]);
    const files = await readMigrationFiles(folder);
    expect(runs.flatMap(({ applied }) => applied).sort()).toEqual(files.map((file) => file.name).sort());
  });

  it.each([
    ['a word', 'SELECT a :word', '":word"'],
    ['a slice', 'SELECT (ARRAY[1,2,3])[1:2]', '":2"'],
  ])('refuse a $$ body that the Data API would corrupt: %s', async (_, body, told) => {
    await writeFile(
      join(folder, '0999_word.sql'),
      `DO $$ BEGIN NULL; END $$; CREATE FUNCTION f(a jsonb) RETURNS text LANGUAGE sql AS $$ ${body} $$;`,
    );
    await expect(migrate(config, folder)).rejects.toThrow(`${told} in a $$ body`);
  });
});

describe('migrations of a database that is migrated already', () => {
  createBefore(TEMPLATE_DATABASE);

  it('refuse an applied file that was changed, and apply nothing more', async () => {
    await writeFile(join(folder, '0001_status.sql'), 'SELECT 1;');
    await writeFile(join(folder, '0999_new.sql'), 'CREATE TABLE later (id integer);');
    await expect(migrate(config, folder)).rejects.toThrow('0001_status was changed after it was applied');
    expect(await rows(`SELECT to_regclass('later') AS later`)).toEqual([{ later: null }]);
  });

  it('replace a routine whose file changed', async () => {
    await writeFile(
      join(folder, 'routines', '99_probe.sql'),
      'CREATE OR REPLACE FUNCTION probe() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;',
    );
    expect(await migrate(config, folder)).toEqual({ applied: ['99_probe'] });
    await writeFile(
      join(folder, 'routines', '99_probe.sql'),
      'CREATE OR REPLACE FUNCTION probe() RETURNS integer LANGUAGE sql AS $$ SELECT 2 $$;',
    );
    expect(await migrate(config, folder)).toEqual({ applied: ['99_probe'] });
    expect(await rows('SELECT probe()')).toEqual([{ probe: 2 }]);
  });

  it('roll a file back whole when one of its statements fails', async () => {
    await writeFile(join(folder, '0999_bad.sql'), 'CREATE TABLE half (id integer); SELECT no_such_column;');
    await expect(migrate(config, folder)).rejects.toThrow('no_such_column');
    expect(await rows(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
  });

  it('refuse a new file that comes before an applied one', async () => {
    await writeFile(join(folder, '0002b_late.sql'), 'CREATE TABLE late (id integer);');
    await expect(migrate(config, folder)).rejects.toThrow('0002b_late comes before');
    expect(await rows(`SELECT to_regclass('late') AS late`)).toEqual([{ late: null }]);
  });

  it('refuse to go on when the file of an applied one is gone', async () => {
    await rm(join(folder, '0003_events.sql'));
    await expect(migrate(config, folder)).rejects.toThrow('0003_events is applied, but its file is gone');
  });

  it('make the event partitions of this month and three ahead', async () => {
    const [{ count }] = await rows(
      `SELECT count(*)::int FROM pg_inherits WHERE inhparent = 'workspace_events'::regclass`,
    );
    expect(count).toBe(5);
  });

  it('leave a month whose events already stand in the default partition where it is', async () => {
    await rows(
      `INSERT INTO workspace_events (workspace_id, at, event, actor, generation)
       VALUES (gen_random_uuid(), date_trunc('month', now() AT TIME ZONE 'UTC') + interval '4 months 1 day', 'e', 'a', 1)`,
    );
    expect(await rows('SELECT ensure_event_partitions(5) AS made')).toEqual([{ made: 1 }]);
  });

  it('bring every row of the status table back to what the code says', async () => {
    const table = () => rows('SELECT * FROM status_transitions ORDER BY event, from_status');
    const before = await table();
    await rows(
      `UPDATE status_transitions SET wants_reconcile = NOT wants_reconcile, owes = '{stop}', retired_by = 'x'`,
    );
    await migrate(config, folder);
    expect(await table()).toEqual(before);
  });

  it('keep a transition that the code no longer has for one more status table', async () => {
    const add = `INSERT INTO status_transitions VALUES ('gone_event', 'online', 'failed', false, '{}', NULL)`;
    await rows(add);
    const kept = `SELECT retired_by IS NOT NULL AS retired FROM status_transitions WHERE event = 'gone_event'`;
    await migrate(config, folder);
    expect(await rows(kept)).toEqual([{ retired: true }]);
    await migrate(config, folder);
    expect(await rows(kept)).toEqual([{ retired: true }]);
    await rows(`UPDATE status_transitions SET retired_by = 'an earlier table' WHERE event = 'gone_event'`);
    await migrate(config, folder);
    expect(await rows(kept)).toEqual([]);
  });
});
