import { expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import { store } from '../../support/registry.ts';
import { archive, countOf, isThere, monthAgo, numbersOf, plantMonth, useEmptyArchive } from './archived.ts';

useEmptyArchive();

it('a month that cannot be proved in time keeps none after it from the archive, and the run fails all the same', async () => {
  const large = await plantMonth(monthAgo(16), 3);
  const next = await plantMonth(monthAgo(15), 3);
  const dropArchivedMonth: typeof store.dropArchivedMonth = async (input) => {
    if (input.month === monthAgo(16)) throw new StoreUnavailable('the statement took 45 s');
    return store.dropArchivedMonth(input);
  };
  await expect(archive({ over: { dropArchivedMonth } })).rejects.toThrow('the statement took 45 s');
  expect([numbersOf(large), numbersOf(next)]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  expect([await countOf(large), await countOf(next), await isThere(monthAgo(15))]).toEqual([3, 0, false]);
  // It has given the archive back, so the next run needs not wait for it.
  expect(await archive()).toMatchObject({ taken: false, dropped: 1 });
});
