import { expect, it } from 'vitest';
import { recordArchivedEvents } from '../../../lib/adapters/rds-data/statements/record-archived-events.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { store } from '../../support/registry.ts';
import { archive, monthAgo, numbersOf, plantMonth, useEmptyArchive } from './archived.ts';

useEmptyArchive();
const { behind } = useConnections();

it('an object whose record is sent again while the first try is still under way is recorded once, and the run goes on', async () => {
  const id = await plantMonth(monthAgo(15), 3);
  let sent = 0;
  const over: Pick<typeof store, 'recordArchivedEvents'> = {
    recordArchivedEvents: (chunk) => {
      sent += 1;
      if (sent > 1) return store.recordArchivedEvents(chunk);
      return behind(
        (transactionId) => database.run(recordArchivedEvents, chunk, transactionId),
        () => store.recordArchivedEvents(chunk),
      );
    },
  };
  expect(await archive({ over })).toMatchObject({ archived: 3, dropped: 1 });
  expect(numbersOf(id)).toEqual([1, 2, 3]);
});
