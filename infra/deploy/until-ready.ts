import { z } from 'zod';
import { wordsOf } from './failures.ts';

const TRIES = 20;
const PAUSE_MS = 1_000;
const ANSWER_WITHIN_MS = 5_000;

const readiness = z.object({ sha: z.string(), schema: z.string() });
const build = z.object({ sha: z.string() });

export type Expected = { readonly sha: string; readonly schema: string };

type Ports = {
  readonly fetch: typeof globalThis.fetch;
  readonly pause: (ms: number) => Promise<unknown>;
};

/**
 * Asks GET /ready until it answers with this code and this schema.
 * @throws Error with the last answer when it has not done so after 20 tries
 */
export async function untilReady(url: string, expected: Expected, { fetch, pause }: Ports): Promise<void> {
  let last = '';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    last = await answerOf(url, fetch);
    const { data } = readiness.safeParse(jsonOf(last));
    if (data?.sha === expected.sha && data.schema === expected.schema) return;
    if (attempt < TRIES) await pause(PAUSE_MS);
  }
  throw new Error(`${url}/ready does not answer with ${expected.sha} on ${expected.schema}; its last answer: ${last}`);
}

/** The git sha of the code that answers now; undefined where none does. */
export async function runningSha(url: string, fetch: typeof globalThis.fetch): Promise<string | undefined> {
  const response = await fetch(`${url}/buildinfo`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch(
    () => undefined,
  );
  return build.safeParse(jsonOf((await response?.text()) ?? '')).data?.sha;
}

async function answerOf(url: string, fetch: typeof globalThis.fetch): Promise<string> {
  try {
    const response = await fetch(`${url}/ready`, {
      headers: { 'cache-control': 'no-cache' },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return (await response.text()).slice(0, 500);
  } catch (error) {
    return wordsOf(error);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
