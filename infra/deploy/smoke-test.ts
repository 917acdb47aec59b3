import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { mayPass } from '../cli/failures.ts';
import type { Call, RegistryClient } from '../cli/registry/client.ts';
import { understood } from '../cli/registry/understood.ts';
import { wordsOf } from './failures.ts';

const TRIES = 4;
const PAUSE_MS = 1_000;
const ANSWER_WITHIN_MS = 30_000;

const created = z.object({ id: z.uuid(), bootstrap_token: z.string() });
const registered = z.object({
  status: z.literal('registered'),
  auth_token: z.string(),
  heartbeat_url: z.url().optional(),
});
const beaten = z.object({ status: z.literal('ok'), workspace_status: z.literal('online') });
const state = z.object({ status: z.literal('online'), deleted: z.literal(false) });

type Ports = {
  /** The operators' side, signed. */
  readonly operator: RegistryClient;
  readonly fetch: typeof globalThis.fetch;
  readonly pause: (ms: number) => Promise<unknown>;
};

/**
 * Lives a workspace's life through the deployed API: it is created (an external one: nothing is launched), registers with
 * its bootstrap token, beats, reads its state, and is removed, also when a step before that fails.
 * @param url of the registry
 * @throws Error that names the step; when the removal failed too, what is to be removed by hand
 */
export async function smokeTest(url: string, { operator, fetch, pause }: Ports): Promise<void> {
  const name = `muster-smoke-${randomUUID().slice(0, 8)}`;
  const patiently = async (call: Call): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await operator.call(call);
      } catch (error) {
        if (!mayPass(error) || attempt === TRIES) throw error;
        await pause(PAUSE_MS * attempt);
      }
    }
  };
  const body = { name, runtime: 'smoke', external: true, restart_policy: 'never' };
  // Under one key a repeat, after an answer that was lost, makes no second workspace.
  const headers = { 'idempotency-key': randomUUID() };
  const answer = await patiently({ method: 'POST', path: '/workspaces', body, headers }).catch(
    failedAt(`create ${name}`),
  );
  const workspace = understood(created, answer);

  const failure = await live(url, workspace, fetch).then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    await patiently({ method: 'DELETE', path: `/workspaces/${workspace.id}` });
  } catch (error) {
    const left = `the probe ${name} could not be removed (${wordsOf(error)}): npm run muster -- rm ${workspace.id} --url ${url}`;
    throw new Error(failure === undefined ? left : `${wordsOf(failure)}; ${left}`, { cause: error });
  }
  if (failure !== undefined) throw failure;
}

async function live(url: string, { id, bootstrap_token }: z.output<typeof created>, fetch: typeof globalThis.fetch) {
  const call = async <T extends z.ZodType>(step: string, schema: T, target: string, token: string, body?: object) => {
    const response = await fetch(target, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch(failedAt(step));
    const text = await response.text();
    const read = z.string().transform(parseJson).pipe(schema).safeParse(text);
    // A right answer may hold a token; what is wrong is a problem document, which holds none.
    if (!read.success)
      throw new Error(`${step}: HTTP ${response.status}${response.ok ? '' : ` ${text.slice(0, 500)}`}`);
    return read.data;
  };
  const register = { id, boot_id: randomUUID() };
  const voice = await call('register', registered, `${url}/registry/register`, bootstrap_token, register);
  const beat = { workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds: 1 };
  await call('heartbeat', beaten, voice.heartbeat_url ?? `${url}/registry/heartbeat`, voice.auth_token, beat);
  await call('state', state, `${url}/workspaces/${id}/state`, voice.auth_token);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failedAt(step: string) {
  return (cause: unknown): never => {
    throw new Error(`${step}: ${wordsOf(cause)}`, { cause });
  };
}
