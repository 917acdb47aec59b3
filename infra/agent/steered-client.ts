import { type Backoff, delayBeforeRetry, type Random } from './backoff.ts';
import type { Clock } from './clock.ts';
import { isUsableHeartbeatUrl } from './heartbeat-url.ts';
import type { Log } from './log.ts';
import type { Unreachable } from './reaction.ts';
import type { Refusal } from './registry-answers.ts';
import type { RegistryClient } from './registry-client.ts';

/** A heartbeat URL that failed is left alone for at least this long, and for longer each time: then it is tried again. */
const LEFT_ALONE_MS = 60_000;
const LEFT_ALONE_BACKOFF: Backoff = { baseMs: 60_000, capMs: 3_600_000 };

type Ports = {
  readonly client: RegistryClient;
  /** Kept from an earlier run: an agent that is paused beats again before it registers again. */
  readonly keptUrl: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

/**
 * Beats where the registry's last register said to, its `heartbeat_url`. What is not surely the registry's own word
 * (no connection, no such name, 403 of a URL that was taken away, anything without an error code of the registry) is
 * asked again at once of the registry itself, so that a heartbeat URL can be lost but never a beat because of it.
 */
export function steerBeats({ client, keptUrl, clock, random, log }: Ports): RegistryClient {
  let url = keptUrl;
  let failures = 0;
  let leftAloneUntil = Number.NEGATIVE_INFINITY;

  function noted(told: string | undefined): string | undefined {
    const usable = told !== undefined && isUsableHeartbeatUrl(told);
    if (told !== undefined && !usable) log('heartbeat_url.unusable');
    const next = usable ? told : undefined;
    if (next !== url) {
      failures = 0;
      leftAloneUntil = Number.NEGATIVE_INFINITY;
    }
    url = next;
    return next;
  }

  function leaveAlone(reason: string): void {
    const forMs = delayBeforeRetry(failures, LEFT_ALONE_BACKOFF, random, LEFT_ALONE_MS);
    failures += 1;
    leftAloneUntil = clock.now() + forMs;
    log('heartbeat_url.failed', { reason, left_alone_for_ms: forMs });
  }

  return {
    ...client,
    async register(token, body, stop) {
      const answer = await client.register(token, body, stop);
      if (answer.kind !== 'ok') return answer;
      return { kind: 'ok', body: { ...answer.body, heartbeat_url: noted(answer.body.heartbeat_url) } };
    },
    async heartbeat(token, body, stop) {
      if (url === undefined || clock.now() < leftAloneUntil) return client.heartbeat(token, body, stop);
      const answer = await client.heartbeat(token, body, stop, url);
      if (answer.kind === 'ok' || isOfTheRegistry(answer)) {
        failures = 0;
        return answer;
      }
      if (stop.aborted) return answer;
      leaveAlone(answer.reason);
      return client.heartbeat(token, body, stop);
    },
  };
}

/**
 * 404 with a code is another function of the registry, which takes no beats. 429 without one is too many calls of the
 * function that answers under either address: another call would only add to them.
 */
function isOfTheRegistry(failure: Refusal | Unreachable): boolean {
  if (failure.kind === 'unreachable') return false;
  return failure.status === 429 || (failure.code !== undefined && failure.status !== 404);
}
