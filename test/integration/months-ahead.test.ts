import { expect, it } from 'vitest';
import { ensureEventPartitions } from '../../lib/adapters/rds-data/statements/ensure-event-partitions.ts';
import { ownersDatabase } from '../support/database.ts';
import { useConnections } from '../support/locks.ts';
import { store } from '../support/registry.ts';
import { sql } from '../support/sql.ts';

const { behind } = useConnections();

async function dropNewestMonth(): Promise<void> {
  const [newest] = await sql(
    `SELECT max(inhrelid::regclass::text) AS name FROM pg_inherits
     WHERE inhparent = 'workspace_events'::regclass AND inhrelid <> 'workspace_events_default'::regclass`,
  );
  await sql(`DROP TABLE ${newest?.['name']}`);
}

it('a month that two runs make at once is made once, and fails neither', async () => {
  await dropNewestMonth();
  const late = await behind(
    async (id) => expect(await ownersDatabase.run(ensureEventPartitions, {}, id)).toEqual([{ made: 1 }]),
    () => store.ensureEventPartitions({}),
  );
  expect(late).toEqual({ made: 0 });
});
