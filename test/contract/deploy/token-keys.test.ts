import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureTokenKeys } from '../../../infra/deploy/token-keys.ts';
import { type Secrets, startSecrets } from '../../../infra/local/secrets/server.ts';

const KEPT = '{"current": "k7", "keys": {"k7": "key"}}';
let server: Secrets;
let client: SecretsManagerClient;

beforeAll(async () => {
  server = await startSecrets({
    secrets: { empty: null, both: null, kept: KEPT, odd: '{"password": "x"}', gone: '{"current": "k2", "keys": {}}' },
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new SecretsManagerClient({ endpoint: server.url, region: 'us-east-1', credentials });
});

afterAll(async () => {
  client.destroy();
  await server.stop();
});

const currentOf = async (SecretId: string) =>
  (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';

describe('the first signing key', () => {
  it('is put into a secret that has no value, and is one of 32 bytes', async () => {
    expect(await ensureTokenKeys(client, 'empty')).toBe(true);
    const { current, keys } = JSON.parse(await currentOf('empty'));
    expect(Buffer.from(keys[current], 'base64url')).toHaveLength(32);
  });

  it('is not put over keys that are there', async () => {
    expect(await ensureTokenKeys(client, 'kept')).toBe(false);
    expect(await currentOf('kept')).toBe(KEPT);
  });

  it.each(['odd', 'gone'])('is not put over a value that is not such a document: %s', async (id) => {
    const before = await currentOf(id);
    await expect(ensureTokenKeys(client, id)).rejects.toThrow('put it right by hand');
    expect(await currentOf(id)).toBe(before);
  });

  it('is put once by two rollouts at once', async () => {
    const put = await Promise.all([ensureTokenKeys(client, 'both'), ensureTokenKeys(client, 'both')]);
    expect(put.toSorted()).toEqual([false, true]);
  });

  it('is not put where there is no such secret', async () => {
    await expect(ensureTokenKeys(client, 'nowhere')).rejects.toThrow("can't find the specified secret");
  });
});
