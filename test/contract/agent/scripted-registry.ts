import { z } from 'zod';
import { listenOnLoopback } from './http-server.ts';

const body = z.looseObject({
  boot_id: z.string().optional(),
  plan_id: z.string().optional(),
  uptime_seconds: z.number().optional(),
  plugins: z
    .array(
      z.object({
        name: z.string(),
        version: z.string().nullable(),
        sha256: z.string().optional(),
        config_digest: z.string().optional(),
        failed: z.object({ version: z.string(), reason: z.string() }).optional(),
      }),
    )
    .optional(),
});

export type Route = 'register' | 'heartbeat' | 'state';
export type Call = {
  readonly route: Route;
  readonly token: string;
  readonly body: z.output<typeof body>;
  readonly at: number;
};
export type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Seconds between heartbeats, unless a test says otherwise. */
const PACE_S = 0.05;

export const registered = (authToken = 'runtime-1', paceS = PACE_S): Reply => ({
  status: 200,
  body: {
    status: 'registered',
    workspace_status: 'online',
    generation: 1,
    next_heartbeat_in_s: paceS,
    auth_token: authToken,
  },
});

export const beaten = (plan?: unknown, paceS = PACE_S): Reply => ({
  status: 200,
  body: {
    status: 'ok',
    workspace_status: 'online',
    generation: 1,
    next_heartbeat_in_s: paceS,
    ...(plan === undefined ? {} : { plan }),
  },
});

export const refused = (status: number, code: string, retryAfterSeconds?: number): Reply => ({
  status,
  body: {
    type: 'about:blank',
    title: code,
    status,
    code,
    request_id: 'r',
    ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
  },
});

/** A registry that answers as a test tells it, and remembers what it was asked. */
export async function startScriptedRegistry() {
  const calls: Call[] = [];
  const waiting = new Set<() => void>();
  const script: Record<Route, (call: Call, nth: number) => Reply> = {
    register: () => registered(),
    heartbeat: () => beaten(),
    state: () => ({ status: 200, body: { status: 'online', paused: false, deleted: false } }),
  };
  const server = await listenOnLoopback((request, text, response) => {
    const route = routeOf(request.url ?? '');
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const call = { route, token, body: body.parse(text === '' ? {} : JSON.parse(text)), at: performance.now() };
    calls.push(call);
    const reply = script[route](call, calls.filter((other) => other.route === route).length);
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    for (const check of waiting) check();
  });

  return {
    url: server.url,
    stop: server.stop,
    calls,
    script,
    of: (route: Route): Call[] => calls.filter((call) => call.route === route),
    /** The first call, past or to come, that `matches`; rejects after `withinMs`. */
    until(what: string, matches: (call: Call) => boolean, withinMs = 10_000): Promise<Call> {
      return new Promise((resolve, reject) => {
        const check = (): void => {
          const found = calls.find(matches);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`not within ${withinMs} ms: ${what}; last call: ${JSON.stringify(calls.at(-1))}`));
        }, withinMs);
        waiting.add(check);
        check();
      });
    },
  };
}

function routeOf(path: string): Route {
  if (path === '/registry/register') return 'register';
  return path === '/registry/heartbeat' ? 'heartbeat' : 'state';
}
