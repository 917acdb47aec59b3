import { describe, expect, it } from 'vitest';
import { environment } from '../../../infra/resources/environment.ts';
import { CONFIG, readConfig } from '../../../lib/config.ts';

const database = {
  DATABASE_CLUSTER_ARN: 'arn:aws:rds:us-east-1:1:cluster:c',
  DATABASE_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:1:secret:s',
  DATABASE_NAME: 'muster',
};

describe('how long a call to the database may take', () => {
  it('is what someone who waits for the answer has', () => {
    expect(readConfig(CONFIG.database, database)).toMatchObject({ budgetMs: 6_000 });
  });

  it('is longer where nobody waits, as the deployment says', () => {
    const { DATABASE_BUDGET_MS } = environment.deployed['sweep'] ?? {};
    expect(readConfig(CONFIG.database, { ...database, DATABASE_BUDGET_MS })).toMatchObject({ budgetMs: 30_000 });
  });

  it.each([
    ['999', 'is under 1000'],
    ['45001', 'is over 45000'],
    ['6000.5', 'is no whole number'],
  ])('is not %s ms: it %s', (DATABASE_BUDGET_MS, fault) => {
    const read = () => readConfig(CONFIG.database, { ...database, DATABASE_BUDGET_MS });
    expect(read).toThrow(`DATABASE_BUDGET_MS ${fault}`);
  });
});
