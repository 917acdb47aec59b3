import { z } from 'zod';
import type { Answer } from './outcome.ts';

/** API Gateway gives up after 30 s. */
const ANSWER_WITHIN_MS = 35_000;

const problem = z.object({ code: z.string() });

export type Request = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Milliseconds after which the caller hangs up. */
  readonly patienceMs?: number;
};

/** Calls the registry; whatever goes wrong is an answer. Ends with `over`. */
export async function call(request: Request, over: AbortSignal): Promise<Answer> {
  const { method, url, headers, body, patienceMs = ANSWER_WITHIN_MS } = request;
  try {
    const response = await fetch(url, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([over, AbortSignal.timeout(patienceMs)]),
    });
    const text = await response.text();
    const said = jsonOf(text);
    return { status: response.status, code: problem.safeParse(said).data?.code, body: said ?? text };
  } catch (error) {
    return { status: undefined, code: undefined, body: String(error) };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
