import { describe, expect, it } from 'vitest';
import { CONFIG, readConfig } from '../../../lib/config.ts';

describe('the configuration of what is kept', () => {
  it('keeps 13 months, and has no archive, unless it is told', () => {
    expect(readConfig(CONFIG.retention, {})).toEqual({ bucket: undefined, keptMonths: 13 });
    expect(readConfig(CONFIG.retention, { ARCHIVE_BUCKET: '', EVENT_RETENTION_MONTHS: '' })).toEqual({
      bucket: undefined,
      keptMonths: 13,
    });
  });

  it.each(['1', '120'])('takes %s months', (months) => {
    const given = { ARCHIVE_BUCKET: 'muster-archive.1', EVENT_RETENTION_MONTHS: months };
    expect(readConfig(CONFIG.retention, given)).toEqual({ bucket: 'muster-archive.1', keptMonths: Number(months) });
  });

  it.each([
    [{ EVENT_RETENTION_MONTHS: '0' }, 'EVENT_RETENTION_MONTHS is under 1'],
    [{ EVENT_RETENTION_MONTHS: '121' }, 'EVENT_RETENTION_MONTHS is over 120'],
    [{ EVENT_RETENTION_MONTHS: '1.5' }, 'EVENT_RETENTION_MONTHS is no whole number'],
    [{ ARCHIVE_BUCKET: 's3://archive' }, 'ARCHIVE_BUCKET is no name of a bucket'],
    [{ ARCHIVE_BUCKET: 'Archive' }, 'ARCHIVE_BUCKET is no name of a bucket'],
  ])('refuses %j', (given, message) => {
    expect(() => readConfig(CONFIG.retention, given)).toThrow(message);
  });
});
