import type * as z from 'zod';
import { describeCallFailure } from './call-failure.ts';
import { withDeadline } from './deadline.ts';
import type { InstalledPlugin } from './plugins/report.ts';
import type { Unreachable } from './reaction.ts';
import {
  heartbeatAnswer,
  parseJson,
  type Refusal,
  readRefusal,
  registerAnswer,
  stateAnswer,
} from './registry-answers.ts';

/** API Gateway gives up after 30 s; waiting longer than that waits for nobody. */
const ANSWER_WITHIN_MS = 30_000;

export type Answer<T> = { readonly kind: 'ok'; readonly body: T } | Refusal | Unreachable;

export type RegisterBody = {
  readonly id: string;
  readonly boot_id: string;
  readonly agent_version: string;
  /** Not sent where it is undefined: the registry then keeps to what it was told before. */
  readonly plugins?: readonly InstalledPlugin[] | undefined;
};

export type HeartbeatBody = {
  readonly workspace_id: string;
  /** Share of failed tasks, 0 to 1. */
  readonly error_rate: number;
  readonly active_tasks: number;
  readonly uptime_seconds: number;
  /** As at register. */
  readonly plugins?: readonly InstalledPlugin[] | undefined;
  /** The plan that the last answer carried. */
  readonly plan_id?: string;
};

/** The three calls of a runtime. None throws: whatever went wrong is part of the answer. */
export type RegistryClient = {
  register(token: string, body: RegisterBody, stop: AbortSignal): Promise<Answer<z.output<typeof registerAnswer>>>;
  /** @param url where to post it instead of the registry's own route */
  heartbeat(
    token: string,
    body: HeartbeatBody,
    stop: AbortSignal,
    url?: string,
  ): Promise<Answer<z.output<typeof heartbeatAnswer>>>;
  state(token: string, workspaceId: string, stop: AbortSignal): Promise<Answer<z.output<typeof stateAnswer>>>;
};

export function createRegistryClient(registryUrl: string, fetch: typeof globalThis.fetch): RegistryClient {
  async function call<T extends z.ZodType>(
    schema: T,
    url: string,
    token: string,
    body: RegisterBody | HeartbeatBody | undefined,
    stop: AbortSignal,
  ): Promise<Answer<z.output<T>>> {
    try {
      return await withDeadline(stop, ANSWER_WITHIN_MS, async (signal) => {
        const response = await fetch(url, {
          method: body === undefined ? 'GET' : 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          // The token is for the registry alone, wherever something in between would like to send it.
          redirect: 'manual',
          signal,
        });
        const text = await response.text();
        if (response.status !== 200) return readRefusal(response.status, text, response.headers.get('retry-after'));
        const parsed = schema.safeParse(parseJson(text));
        return parsed.success
          ? { kind: 'ok', body: parsed.data }
          : { kind: 'unreachable', reason: 'HTTP 200 with a body that is not the registry’s' };
      });
    } catch (error) {
      return { kind: 'unreachable', reason: describeCallFailure(error) };
    }
  }

  return {
    register: (token, body, stop) => call(registerAnswer, `${registryUrl}/registry/register`, token, body, stop),
    heartbeat: (token, body, stop, url = `${registryUrl}/registry/heartbeat`) =>
      call(heartbeatAnswer, url, token, body, stop),
    state: (token, workspaceId, stop) =>
      call(stateAnswer, `${registryUrl}/workspaces/${workspaceId}/state`, token, undefined, stop),
  };
}
