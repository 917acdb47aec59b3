import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import type { PublishedStack } from '../../../infra/local/stack/published-stack.ts';
import { createJwtTokens } from '../../../lib/adapters/tokens/jwt-tokens.ts';
import type { Tokens } from '../../../lib/domain/tokens.ts';
import type { RegistryEvent, RegistryRow } from '../registry/records.ts';
import { call } from '../run/call.ts';
import type { Disagreement } from './agreement.ts';
import { type Probe, probesOf } from './probes.ts';

const AT_ONCE = 8;

type Registry = Pick<PublishedStack, 'api' | 'secrets' | 'environment'>;

/** Tries every credential that there ever was. @returns how many were tried, and which were answered wrongly */
export async function tryCredentials(
  registry: Registry,
  rows: readonly RegistryRow[],
  events: readonly RegistryEvent[],
  over: AbortSignal,
): Promise<{ tried: number; found: Disagreement[] }> {
  const tokens = await tokensOf(registry);
  const byWorkspace = Map.groupBy(events, ({ workspace_id }) => workspace_id);
  const probes = rows.flatMap((row) => probesOf(row, byWorkspace.get(row.id) ?? []));
  const found: Disagreement[] = [];
  const left = probes.values();
  const work = async () => {
    for (const probe of left) {
      over.throwIfAborted();
      found.push(...(await tried(registry.api, tokens, probe, over)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { tried: probes.length, found };
}

async function tried(api: string, tokens: Tokens, probe: Probe, over: AbortSignal): Promise<Disagreement[]> {
  const { claims, route, expected } = probe;
  const { sub: id, gen, ver, kind } = claims;
  const beat = { workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds: 3_600 };
  const answer = await call(
    {
      method: 'POST',
      url: `${api}/registry/${route}`,
      headers: { authorization: `Bearer ${await tokens.sign(claims)}` },
      body: route === 'heartbeat' ? beat : { id },
    },
    over,
  );
  if (answer.status !== undefined && expected.includes(answer.status)) return [];
  const token = `${kind} token of generation ${gen}, version ${ver}`;
  return [
    { workspaceId: id, what: `${route} with the ${token} is answered ${answer.status}, not ${expected.join(' or ')}` },
  ];
}

const secretDocument = z.object({ current: z.string(), keys: z.record(z.string(), z.base64url()) });

/** Signs as the registry does, with its own keys. */
async function tokensOf({ secrets, environment }: Registry): Promise<Tokens> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint: secrets, region: 'us-east-1', credentials });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: environment['TOKEN_SECRET_ID'] }));
  client.destroy();
  const { current, keys } = secretDocument.parse(JSON.parse(SecretString ?? ''));
  const bytes = Object.entries(keys).map(([id, key]) => [id, new Uint8Array(Buffer.from(key, 'base64url'))] as const);
  const signingKeys = { current, keys: Object.fromEntries(bytes) };
  return createJwtTokens(() => Promise.resolve(signingKeys));
}
