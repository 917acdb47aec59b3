import { expect, it } from 'vitest';
import { isOutage, SqlError } from '../../../lib/adapters/rds-data/errors.ts';

it.each([
  ['a connection that broke', '08006', true],
  ['too many connections', '53300', true],
  ['a statement that was cancelled', '57014', true],
  ['a shutdown', '57P01', true],
  ['an I/O error', '58030', true],
  ['a reader after a failover', '25006', true],
  ['a lost race', '40001', true],
  ['a deadlock', '40P01', true],
  ['a lock that was not had', '55P03', true],
  ['a check that failed', '23514', false],
  ['a column that is not there', '42703', false],
  ['a refusal of ours', 'MU003', false],
])('%s (%s) is the trouble of the database: %s', (_, sqlState, expected) => {
  expect(isOutage(new SqlError(sqlState, ''))).toBe(expected);
});
