import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { statement } from '../../lib/adapters/rds-data/statement.ts';
import { database, transactions } from '../support/database.ts';
import { makeWorkspace, store } from '../support/registry.ts';
import { sql, sqlState } from '../support/sql.ts';

const plain = (text: string) => statement({ sql: text, bind: () => ({}), row: z.record(z.string(), z.unknown()) });
const asApplication = (text: string) => database.run(plain(text), undefined);

const MONTH = `workspace_events_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;
const NOT_ALLOWED = '42501';

describe('the application', () => {
  it('is muster_app for the store of these tests, and for the functions', async () => {
    expect(await asApplication('SELECT current_user::text, session_user::text')).toEqual([
      { current_user: 'muster_app', session_user: 'muster_app' },
    ]);
  });

  it.each([
    ['disable a trigger', 'ALTER TABLE workspaces DISABLE TRIGGER enforce_transition'],
    ['disable the triggers of history', 'ALTER TABLE workspace_events DISABLE TRIGGER ALL'],
    ['drop a trigger', 'DROP TRIGGER refuse_loss ON workspace_events'],
    [
      'replace what a trigger runs',
      'CREATE OR REPLACE FUNCTION enforce_transition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    ],
    ['have no trigger fire', "SET session_replication_role = 'replica'"],
    ['drop a table', 'DROP TABLE plans'],
    ['alter a table', 'ALTER TABLE plans ADD COLUMN more text'],
    ['drop a check', 'ALTER TABLE workspaces DROP CONSTRAINT cause_was_taken'],
    ['own a table', 'ALTER TABLE workspaces OWNER TO muster_app'],
    ['become the owner', 'SET ROLE muster_owner'],
    ['give itself the owner', 'GRANT muster_owner TO muster_app'],
    ['make a role', 'CREATE ROLE intruder'],
    ['create a table', 'CREATE TABLE mine (id integer)'],
    ['create a function', "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'"],
    ['create a schema', 'CREATE SCHEMA mine'],
    ['put a temporary table in the place of the law', 'CREATE TEMP TABLE status_transitions (event text)'],
    ['change the law', 'UPDATE status_transitions SET owes = NULL'],
    ['add to the law', "INSERT INTO status_transitions VALUES ('e', 'online', 'removed', false, '{}')"],
    ['delete from history', 'DELETE FROM workspace_events'],
    ['rewrite history', "UPDATE workspace_events SET actor = 'nobody'"],
    ['truncate history', 'TRUNCATE workspace_events'],
    ['delete from a month', `DELETE FROM ${MONTH}`],
    ['rewrite a month', `UPDATE ${MONTH} SET actor = 'nobody'`],
    [
      'add to a month past its table',
      `INSERT INTO ${MONTH} (workspace_id, event, actor, generation) VALUES (gen_random_uuid(), 'e', 'a', 1)`,
    ],
    ['detach a month', `ALTER TABLE workspace_events DETACH PARTITION ${MONTH}`],
    ['drop a month', `DROP TABLE ${MONTH}`],
    ['rewrite a declaration', "UPDATE declarations SET actor = 'nobody'"],
    ['delete a workspace', 'DELETE FROM workspaces'],
    ['truncate workspaces', 'TRUNCATE workspaces CASCADE'],
    ['delete a heartbeat', 'DELETE FROM heartbeats'],
    ['change which registry this is', 'UPDATE registry_identity SET id = gen_random_uuid()'],
    ['say which migrations were applied', 'DELETE FROM schema_migrations'],
  ])('cannot %s', async (_, text) => {
    await makeWorkspace();
    expect(await sqlState(asApplication(text))).toBe(NOT_ALLOWED);
  });

  it('cannot change a status past the law', async () => {
    const { id } = await makeWorkspace();
    const move = asApplication(`UPDATE workspaces SET status = 'online' WHERE id = '${id}'`);
    expect(await sqlState(move)).toBe('MU002');
  });

  it('may read a table that a later migration makes, and no more until that says so', async () => {
    await sql('CREATE TABLE later (id integer)');
    expect(await asApplication('SELECT id FROM later')).toEqual([]);
    expect(await sqlState(asApplication('INSERT INTO later VALUES (1)'))).toBe(NOT_ALLOWED);
  });

  it('owns nothing, and no role is granted to it', async () => {
    expect(await asApplication(`SELECT 1 FROM pg_class WHERE pg_get_userbyid(relowner) = 'muster_app'`)).toEqual([]);
    expect(await asApplication(`SELECT 1 FROM pg_proc WHERE pg_get_userbyid(proowner) = 'muster_app'`)).toEqual([]);
    expect(await asApplication(`SELECT 1 FROM pg_auth_members WHERE member::regrole::text = 'muster_app'`)).toEqual([]);
  });

  it('makes a month that is missing by the one function that may, which also guards it', async () => {
    const [last] = await sql(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'workspace_events'::regclass
         AND inhrelid::regclass::text <> 'workspace_events_default' ORDER BY inhrelid::regclass::text DESC LIMIT 1`,
    );
    await sql(`DROP TABLE ${last?.['name']}`);
    expect(await store.ensureEventPartitions({})).toEqual({ made: 1 });
    const [made] = await sql(
      `SELECT pg_get_userbyid(relowner)::text AS owner,
         (SELECT tgenabled::text FROM pg_trigger WHERE tgrelid = c.oid AND tgname = 'refuse_truncate') AS guarded
       FROM pg_class c WHERE relname = :name::text`,
      { name: String(last?.['name']) },
    );
    expect(made).toEqual({ owner: 'muster_owner', guarded: 'A' });
  });
});

describe('what runs with the owner’s rights', () => {
  it('makes no more months than a year has, however many are asked for', async () => {
    await asApplication('SELECT ensure_event_partitions(36)');
    const [months] = await sql(
      `SELECT count(*)::integer AS count FROM pg_inherits WHERE inhparent = 'workspace_events'::regclass
         AND inhrelid <> 'workspace_events_default'::regclass`,
    );
    expect(months).toEqual({ count: 13 });
  });

  it('names its own search path, temporary tables last, so that no caller puts another table before its own', async () => {
    const functions = await sql(
      `SELECT proname::text AS name, array_to_string(proconfig, ' ') AS settings FROM pg_proc WHERE prosecdef`,
    );
    expect(functions.length).toBeGreaterThan(0);
    for (const { settings } of functions) expect(settings).toContain('search_path=pg_catalog, public, pg_temp');
  });

  it('is not for everybody to call', async () => {
    const open = await sql(
      `SELECT proname::text AS name FROM pg_proc p, aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a
       WHERE prosecdef AND a.grantee = 0`,
    );
    expect(open).toEqual([]);
  });
});

describe('a transaction', () => {
  it('of the application stays the application’s', async () => {
    const refused = transactions.within((id) => database.run(plain('TRUNCATE plans'), undefined, id));
    expect(await sqlState(refused)).toBe(NOT_ALLOWED);
  });
});
