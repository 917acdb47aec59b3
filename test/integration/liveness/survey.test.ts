import { beforeEach, describe, expect, it } from 'vitest';
import { SURVEY } from '../../../lib/domain/silence.ts';
import { makeWorkspace, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { livenessWith } from './aged.ts';
import { manyOf, removeEarlier } from './silent.ts';

beforeEach(removeEarlier);

describe('a survey of the fleet', () => {
  it('takes nobody for beating who has never beaten: a fleet of them is no outage of ours', async () => {
    await Promise.all(Array.from({ length: 5 }, () => makeWorkspace({ status: 'online' })));
    expect(await store.surveyFleet(SURVEY)).toMatchObject([{ live: 5, beating: 0, unheard: 0 }]);
    expect(await livenessWith({})).toMatchObject({ is_outage: false });
  });

  it.each([
    ['three hours', 10_800, 5],
    ['ninety seconds', 90, 1],
  ])(
    'of four that were heard an hour before the fifth, where leases are %s (%i), takes %i for beating',
    async (_, lease, beating) => {
      await manyOf(4, { silentFor: 5000 });
      await manyOf(1, { silentFor: 0 });
      await sql('UPDATE heartbeats SET lease_seconds = :lease::integer', { lease });
      expect(await store.surveyFleet(SURVEY)).toMatchObject([{ live: 5, beating }]);
    },
  );

  it('counts each zone, and those outside EC2, on their own', async () => {
    await manyOf(2);
    await manyOf(1, { silentFor: 0 });
    await manyOf(4, { zone: null });
    const survey = [...(await store.surveyFleet(SURVEY))].sort((one, other) => one.live - other.live);
    expect(survey).toMatchObject([
      { zone: 'a', live: 3, silent: 2, silentInstances: 2, beating: 3, unheard: 2, leaseSeconds: 90 },
      { zone: null, live: 4, silent: 4, beating: 4, unheard: 4 },
    ]);
  });
});
