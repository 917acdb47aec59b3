import { describe, expect, it } from 'vitest';
import { EC2_OPERATIONS, nextStatus, STATUSES, TRANSITION_EVENTS, TRANSITIONS } from '../../lib/domain/status.ts';
import { eventsOf, makeWorkspace, rowOf, transition } from '../support/registry.ts';
import { sql, sqlState } from '../support/sql.ts';

const UPDATE_EVENTS = TRANSITION_EVENTS.filter((event) => event !== 'created');

describe.concurrent('the status table', () => {
  it('is in PostgreSQL, row for row, what it is in TypeScript', async () => {
    const rows = await sql(
      `SELECT event, from_status::text AS "from", to_status::text AS "to", wants_reconcile,
         array_to_string(owes, ',') AS owes FROM status_transitions`,
    );
    const inCode = TRANSITIONS.map(({ event, from, to, wantsReconcile, owes }) => ({
      event,
      from,
      to,
      wants_reconcile: wantsReconcile,
      owes: owes.join(','),
    }));
    const key = (row: Record<string, unknown>) => JSON.stringify(row);
    expect(rows.map(key).sort()).toEqual(inCode.map(key).sort());
  });

  it.each(['workspace_status', 'ec2_operation'])('has the values of %s in both', async (type) => {
    const rows = await sql(`SELECT unnest(enum_range(NULL::${type}))::text AS value`);
    const expected = type === 'workspace_status' ? STATUSES : EC2_OPERATIONS;
    expect(rows.map(({ value }) => value)).toEqual([...expected]);
  });

  describe.each(STATUSES)('from %s', (from) => {
    it.each(UPDATE_EVENTS)('%s leads only where the table says', async (event) => {
      const { id } = await makeWorkspace({ status: from });
      const before = (await eventsOf(id)).length;
      const expected = nextStatus(event, from);
      for (const to of STATUSES.filter((status) => status !== from && status !== expected)) {
        expect({ to, state: await sqlState(transition(id, event, to)) }).toEqual({ to, state: 'MU003' });
      }
      expect((await eventsOf(id)).length).toBe(before);
      expect(await rowOf(id)).toMatchObject({ status: from });
      if (expected === undefined) return;
      await transition(id, event, expected);
      expect((await eventsOf(id)).slice(before)).toMatchObject([{ event, from_status: from, to_status: expected }]);
      expect(await rowOf(id)).toMatchObject({ status: expected });
    });
  });

  it.each(TRANSITIONS.filter(({ from }) => from !== null))(
    '$event from $from adds to reconcile_wanted: $wantsReconcile',
    async ({ event, from, to, wantsReconcile }) => {
      const { id } = await makeWorkspace({ status: from ?? 'provisioning' });
      const before = Number((await rowOf(id))?.['reconcile_wanted']);
      await transition(id, event, to);
      expect((await rowOf(id))?.['reconcile_wanted']).toBe(before + (wantsReconcile ? 1 : 0));
    },
  );

  it.each(TRANSITIONS.filter(({ from }) => from !== null))(
    '$event from $from may owe exactly [$owes]',
    async ({ event, from, to, owes }) => {
      const { id } = await makeWorkspace({ status: from ?? 'provisioning' });
      for (const operation of EC2_OPERATIONS.filter((one) => !owes.includes(one))) {
        const state = await sqlState(transition(id, event, to, operation));
        expect({ operation, state }).toEqual({ operation, state: 'MU004' });
      }
      for (const operation of owes) {
        const made = await makeWorkspace({ status: from ?? 'provisioning' });
        await transition(made.id, event, to, operation);
        expect(await rowOf(made.id)).toMatchObject({ ec2_op: operation });
      }
    },
  );
});

describe('a status read or written with an enum coercion', () => {
  it.each([
    ['an empty string stood in for it', `SELECT COALESCE(status, '') AS status FROM workspaces`, {}, '22P02'],
    [
      'a parameter is compared uncast',
      'SELECT id FROM workspaces WHERE status = :status',
      { status: 'online' },
      '42883',
    ],
    [
      'a parameter is written uncast',
      'UPDATE workspaces SET status = :status WHERE id IS NULL',
      { status: 'online' },
      '42804',
    ],
    ['an id is compared uncast', 'SELECT id FROM workspaces WHERE id = :id', { id: '00000000' }, '42883'],
  ])('fails, because %s', async (_, text, values, state) => {
    expect(await sqlState(sql(text, values))).toBe(state);
  });
});
