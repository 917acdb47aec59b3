import { beforeEach, describe, expect, it } from 'vitest';
import { ALARMS } from '../../../infra/resources/alarms/alarms.ts';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import type { Counter } from '../../../lib/domain/metrics.ts';
import { store } from '../../support/registry.ts';
import { forgetEarlier, livenessWith } from './aged.ts';

beforeEach(forgetEarlier);

const countedBy = async (over: Parameters<typeof livenessWith>[0]) => {
  const counted: Counter[] = [];
  await livenessWith({ ...over, count: (counter) => counted.push(counter) }).catch(() => undefined);
  return counted;
};

describe('that liveness does not run, or fails, is not silent', () => {
  it('a run that comes to its end is counted, and one that fails is not', async () => {
    expect(await countedBy({})).toContain('LivenessRuns');
    const failing = { ...store, expireBoots: () => Promise.reject(new StoreUnavailable('down')) };
    expect(await countedBy({ store: failing })).not.toContain('LivenessRuns');
  });

  it('an alarm waits for the count that is missing', () => {
    expect(ALARMS.LivenessMissing).toMatchObject({ watches: { ours: 'LivenessRuns' }, lessThan: 1 });
  });
});
