import { runAgent } from '../../../infra/agent/agent.ts';
import { createCredentials } from '../../../infra/agent/credentials.ts';
import { createDoorbell } from '../../../infra/agent/doorbell.ts';
import type { Reaction } from '../../../infra/agent/reaction.ts';
import type { Refusal } from '../../../infra/agent/registry-answers.ts';
import type { RegistryClient } from '../../../infra/agent/registry-client.ts';
import { createHeldClock, settle } from './held-clock.ts';

export const refusal = (status: number, retryAfterMs?: number): Refusal => ({
  kind: 'refused',
  status,
  reason: `HTTP ${status}`,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
export const registered = (token: string) =>
  ({
    kind: 'ok',
    body: { workspace_status: 'online', next_heartbeat_in_s: 60, auth_token: token },
  }) as const;
export const beaten = { kind: 'ok', body: { workspace_status: 'online', next_heartbeat_in_s: 60 } } as const;
export const stateOf = (status: string) =>
  ({ kind: 'ok', body: { status, paused: status === 'paused', deleted: status === 'removed' } }) as const;

type Script = {
  [Route in keyof RegistryClient]: (token: string, nth: number) => Awaited<ReturnType<RegistryClient[Route]>>;
};

/** The agent over a scripted registry and a held clock; random is 0.5 unless given. */
export function start(
  options: { stored?: string; random?: number; script?: Partial<Script>; keepToken?: () => Promise<void> } = {},
) {
  const held = createHeldClock();
  const doorbell = createDoorbell(held.clock);
  const stop = new AbortController();
  const calls: string[] = [];
  const logged: { event: string; reaction?: Reaction }[] = [];
  const script: Script = {
    register: () => registered('r1'),
    heartbeat: () => beaten,
    state: () => stateOf('online'),
    ...options.script,
  };
  const nth = (route: string): number => calls.filter((call) => call.startsWith(route)).length;
  const client: RegistryClient = {
    async register(token) {
      calls.push(`register ${token}`);
      return script.register(token, nth('register'));
    },
    async heartbeat(token, { uptime_seconds }) {
      calls.push(`heartbeat ${token} ${uptime_seconds}`);
      return script.heartbeat(token, nth('heartbeat'));
    },
    async state(token) {
      calls.push(`state ${token}`);
      return script.state(token, nth('state'));
    },
  };
  const kept: string[] = [];
  const ended = runAgent(
    {
      bootstrap: { registryUrl: 'https://r', workspaceId: 'w', generation: 1, bootstrapToken: 'boot' },
      bootId: 'b',
      credentials: createCredentials('boot', options.stored),
      tokenStore: {
        read: async () => undefined,
        write: async (_owner, { authToken }) => {
          await options.keepToken?.();
          kept.push(authToken);
        },
      },
      client,
      applier: {
        accept: () => undefined,
        report: async () => [],
        planId: () => undefined,
        stop: async () => undefined,
      },
      doorbell,
      clock: held.clock,
      random: () => options.random ?? 0.5,
      log: (event) => logged.push({ event }),
    },
    stop.signal,
  );
  return { ...held, doorbell, stop, calls, kept, ended, logged };
}

/** The waits between the calls, in ms: each sleep is ended by moving the clock to its end. */
export async function waits(agent: ReturnType<typeof start>, count: number): Promise<(number | undefined)[]> {
  const found: (number | undefined)[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    await settle();
    const left = agent.sleepsFor();
    found.push(left);
    agent.advance(left ?? 0);
  }
  await settle();
  return found;
}
