import { withDeadline } from './deadline.ts';

const TOKEN_TTL_SECONDS = '300';
const ANSWER_WITHIN_MS = 5_000;

/** What the instance is told about itself. `userData` is null where the instance was launched without any. */
export type InstanceMetadata = { readonly instanceId: string; readonly userData: string | null };

/**
 * Reads the instance metadata service, version 2 (EC2 user guide, "Use the Instance Metadata Service"): a session
 * token by PUT, then the values with that token. Throws an Error when the service cannot be reached or refuses.
 */
export async function readInstanceMetadata(
  endpoint: string,
  fetch: typeof globalThis.fetch,
  stop: AbortSignal,
): Promise<InstanceMetadata> {
  const ask = (path: string, init: RequestInit): Promise<{ status: number; text: string }> =>
    withDeadline(stop, ANSWER_WITHIN_MS, async (signal) => {
      const response = await fetch(`${endpoint}/latest/${path}`, { ...init, signal, redirect: 'manual' });
      return { status: response.status, text: await response.text() };
    });

  const token = await ask('api/token', {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': TOKEN_TTL_SECONDS },
  });
  if (token.status !== 200) throw new Error(`instance metadata: the session token was answered ${token.status}`);

  const headers = { 'x-aws-ec2-metadata-token': token.text };
  const instanceId = await ask('meta-data/instance-id', { headers });
  if (instanceId.status !== 200) throw new Error(`instance metadata: instance-id was answered ${instanceId.status}`);
  const userData = await ask('user-data', { headers });
  if (userData.status !== 200 && userData.status !== 404) {
    throw new Error(`instance metadata: user-data was answered ${userData.status}`);
  }
  return { instanceId: instanceId.text.trim(), userData: userData.status === 200 ? userData.text : null };
}
