import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Secrets, startSecrets } from '../../../infra/local/secrets/server.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:database-a1B2c3';
let server: Secrets;
let client: SecretsManagerClient;

beforeAll(async () => {
  server = await startSecrets({ secrets: { 'tokens/keys': '{"current":"k1"}', [ARN]: 'of an ARN' } });
  client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});

afterAll(async () => {
  client.destroy();
  await server.stop();
});

describe('the local Secrets Manager', () => {
  it.each([
    ['a name, of one given by name', 'tokens/keys', '{"current":"k1"}'],
    ['an ARN, of one given by ARN', ARN, 'of an ARN'],
    ['a name, of one given by ARN', 'database', 'of an ARN'],
  ])('gives the current value of a secret by %s', async (_, SecretId, value) => {
    await expect(client.send(new GetSecretValueCommand({ SecretId }))).resolves.toMatchObject({
      SecretString: value,
      VersionStages: ['AWSCURRENT'],
    });
  });

  it('gives a secret given by name also by the ARN that it answers with', async () => {
    const { ARN: arn } = await client.send(new GetSecretValueCommand({ SecretId: 'tokens/keys' }));
    expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:\d{12}:secret:tokens\/keys-\w{6}$/);
    const byArn = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    expect(byArn).toMatchObject({ ARN: arn, Name: 'tokens/keys', SecretString: '{"current":"k1"}' });
  });

  it('answers that a secret which it was not given does not exist', async () => {
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'other' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
  });
});
