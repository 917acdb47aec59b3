/** A source of randomness in [0, 1), as Math.random. */
export type Random = () => number;

/** `baseMs` doubles with every failed attempt up to `capMs`. */
export type Backoff = { readonly baseMs: number; readonly capMs: number };

/** Longest wait that the agent takes from a registry's word: a wrong header must not silence it for a day. */
const LONGEST_ASKED_MS = 3_600_000;

/**
 * Whole milliseconds until the next attempt: a uniform draw from [0, min(cap, base · 2^attempt)) ("full jitter", AWS
 * Architecture Blog, "Exponential Backoff And Jitter"), on top of the wait that the other side asked for, if any.
 * A fleet that was told the same Retry-After would otherwise come back in the same instant.
 *
 * @param attempt failed attempts before this one, from 0
 * @param askedMs what Retry-After or retry_after_seconds said, in milliseconds
 */
export function delayBeforeRetry(attempt: number, backoff: Backoff, random: Random, askedMs = 0): number {
  const ceiling = Math.min(backoff.capMs, backoff.baseMs * 2 ** attempt);
  return Math.round(Math.min(askedMs, LONGEST_ASKED_MS) + random() * ceiling);
}
