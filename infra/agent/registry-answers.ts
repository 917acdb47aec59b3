import * as z from 'zod';

/** A pace below this would be a busy loop, and one above it a runtime that never comes back. */
const SHORTEST_PACE_S = 0.05;
const LONGEST_PACE_S = 3_600;

const pace = z.number().transform((seconds) => Math.min(LONGEST_PACE_S, Math.max(SHORTEST_PACE_S, seconds)));

/** 200 of POST /registry/register. Keys that a newer registry adds are ignored, here and below. */
export const registerAnswer = z.object({
  workspace_status: z.string(),
  next_heartbeat_in_s: pace,
  auth_token: z.string().min(1),
  // What is no text must not fail the register.
  heartbeat_url: z.string().optional().catch(undefined),
});

/** 200 of POST /registry/heartbeat. The plan is read on its own: a plan that is wrong must not fail the beat. */
export const heartbeatAnswer = z.object({
  workspace_status: z.string(),
  next_heartbeat_in_s: pace,
  plan: z.unknown().optional(),
});

/** 200 of GET /workspaces/{id}/state. */
export const stateAnswer = z.object({ status: z.string(), paused: z.boolean(), deleted: z.boolean() });

/** Errors are problem+json, or what API Gateway answers by itself: a bare `{"message": text}`. */
const problem = z.object({
  code: z.string().optional(),
  detail: z.string().optional(),
  title: z.string().optional(),
  message: z.string().nullish(),
  retry_after_seconds: z.number().nonnegative().optional(),
});

export type Refusal = {
  readonly kind: 'refused';
  readonly status: number;
  /** The registry's own error code; missing where something else has answered. */
  readonly code?: string;
  /** One line for the log. */
  readonly reason: string;
  readonly retryAfterMs?: number;
};

/** Reads the body of an answer that is not 200; whatever it is, the status alone has to do. */
export function readRefusal(status: number, body: string, retryAfterHeader: string | null): Refusal {
  const parsed = problem.safeParse(parseJson(body));
  const said = parsed.success ? parsed.data : {};
  const text = [said.code, said.detail ?? said.title ?? said.message ?? undefined].filter((part) => part !== undefined);
  const retryAfterSeconds = said.retry_after_seconds ?? readRetryAfter(retryAfterHeader);
  return {
    kind: 'refused',
    status,
    ...(said.code === undefined ? {} : { code: said.code }),
    reason: [`HTTP ${status}`, ...text].join(': '),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterMs: retryAfterSeconds * 1000 }),
  };
}

/** Only the form in seconds: the one with a date would need the two clocks to agree. */
function readRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
