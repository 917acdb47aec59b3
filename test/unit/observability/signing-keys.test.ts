import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSecrets } from '../../../infra/local/secrets/server.ts';
import { signingKeysFrom } from '../../../lib/adapters/tokens/signing-keys.ts';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import { logger } from '../../../lib/observability/logger.ts';
import { useWritten } from './written.ts';

const { text } = useWritten();
const KEY = 'dGhpcyBpcyB0aGUga2V5IG9mIGFsbCB0b2tlbnM';

describe('signing keys that an operator has put wrong', () => {
  beforeEach(() => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['the bare key', KEY],
    ['a key without its quotes', `{"current":"k1","keys":{"k1":${KEY}}}`],
  ])('as %s are told of without any part of them', async (_, secret) => {
    const server = await startSecrets({ secrets: { keys: secret } });
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', server.url);
    const error = await signingKeysFrom('keys')().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    await server.stop();
    expect(error).toBeInstanceOf(StoreUnavailable);
    if (error instanceof Error) logger.error('a request failed', error);
    expect(text()).toContain('is no JSON document');
    for (let at = 0; at + 6 <= KEY.length; at += 1) expect(text()).not.toContain(KEY.slice(at, at + 6));
  });
});
