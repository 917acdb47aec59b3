import { describe, expect, it } from 'vitest';
import { makeWorkspace } from '../support/registry.ts';
import { sql, sqlState } from '../support/sql.ts';

const MONTH = (await sql(`SELECT 'workspace_events_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM') AS name`))[0]?.[
  'name'
];

describe('history is kept', () => {
  it.each([
    'DELETE FROM workspaces',
    'TRUNCATE workspaces CASCADE',
    'DELETE FROM heartbeats',
    'TRUNCATE heartbeats',
    'DELETE FROM workspace_events',
    'TRUNCATE workspace_events',
    `UPDATE workspace_events SET actor = 'nobody'`,
    `DELETE FROM ${MONTH}`,
    `TRUNCATE ${MONTH}`,
    `UPDATE ${MONTH} SET actor = 'nobody'`,
    'DELETE FROM workspace_events_default',
    'TRUNCATE workspace_events_default',
    `UPDATE workspace_events_default SET actor = 'nobody'`,
  ])('%s is refused', async (text) => {
    const { id } = await makeWorkspace();
    await sql(
      `INSERT INTO workspace_events (workspace_id, at, event, actor, generation)
       VALUES (:id::uuid, '2099-01-01', 'new_boot', 'test', 1)`,
      { id },
    );
    expect(await sqlState(sql(text))).toBe('MU005');
  });

  it('by triggers that fire also in a session that plays a replica', async () => {
    const rows = await sql(
      `SELECT tgrelid::regclass::text || '.' || tgname AS trigger FROM pg_trigger t
       WHERE NOT tgisinternal AND tgenabled <> 'A' AND tgname IN
         ('enforce_transition', 'begin_workspace', 'refuse_loss', 'refuse_truncate')`,
    );
    expect(rows).toEqual([]);
  });
});

describe('an event', () => {
  it('falls into the partition of its month, and into the default one when that is missing', async () => {
    const { id } = await makeWorkspace();
    const [now] = await sql(
      'SELECT tableoid::regclass::text AS place FROM workspace_events WHERE workspace_id = :id::uuid LIMIT 1',
      { id },
    );
    expect(now).toEqual({ place: MONTH });
    const [late] = await sql(
      `INSERT INTO workspace_events (workspace_id, at, event, actor, generation)
       VALUES (:id::uuid, '2099-01-01', 'new_boot', 'test', 1) RETURNING tableoid::regclass::text AS place`,
      { id },
    );
    expect(late).toEqual({ place: 'workspace_events_default' });
  });
});
