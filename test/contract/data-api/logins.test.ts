import { BeginTransactionCommand } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack, TARGET } from './local-stack.ts';

const READER = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:reader-a1B2c3';
const WRONG = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:wrong-a1B2c3';
const logins = new Map<string, { user: string; password: string }>();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ logins });
  logins.set(TARGET.secretArn, stack.postgres);
  logins.set(READER, { user: 'reader', password: 'p' });
  logins.set(WRONG, { user: 'reader', password: 'q' });
  await stack.execute("CREATE ROLE reader LOGIN PASSWORD 'p'");
});

afterAll(() => stack.stop());

const whoAmI = async (secretArn: string) =>
  (await stack.execute('SELECT current_user::text', [], { secretArn })).records?.[0]?.[0]?.stringValue;

describe('a call', () => {
  it('is made as the user of its secret, whoever called before', async () => {
    expect(await whoAmI(TARGET.secretArn)).toBe('postgres');
    expect(await whoAmI(READER)).toBe('reader');
    expect(await whoAmI(TARGET.secretArn)).toBe('postgres');
  });

  it('in a transaction is made as the user who began it', async () => {
    const begin = new BeginTransactionCommand({ ...TARGET, secretArn: READER });
    const { transactionId } = await stack.client.send(begin);
    const answer = await stack.execute('SELECT current_user::text', [], { secretArn: READER, transactionId });
    expect(answer.records?.[0]?.[0]?.stringValue).toBe('reader');
  });

  it('with a secret that there is not is refused', async () => {
    const strange = whoAmI(`${READER}x`);
    await expect(strange).rejects.toMatchObject({ name: 'SecretsErrorException', $metadata: { httpStatusCode: 400 } });
  });

  it('with a secret whose password is wrong is refused as PostgreSQL says', async () => {
    await expect(whoAmI(WRONG)).rejects.toThrow(/password authentication failed for user "reader"; SQLState: 28P01/);
  });
});
