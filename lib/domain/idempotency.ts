import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type * as z from 'zod/mini';
import { digestOf } from './canonical.ts';
import type { ErrorCode, ErrorDetails } from './errors.ts';
import { IdempotencyKeyConflict, IdempotencyKeyInProgress, MusterError, RepeatedRefusal } from './errors.ts';

/** Longer than a function that acts under a key may run: who holds a key past it has crashed. */
const HOLD_SECONDS = 30;

/** What a key is remembered with. A refusal is kept as its code, since each answer has a request id of its own. */
export type KeptAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly details: ErrorDetails };

/** One caller's hold of a key. */
export type KeyHold = { readonly key: string; readonly holder: string };

export type ClaimKeyInput = KeyHold & {
  readonly requestSha256: string;
  /** The workspace that the key is for, unless it has one. */
  readonly workspaceId: string;
  readonly holdSeconds: number;
};

/**
 * What a key's claim found. claimed: the caller acts, on the key's workspace; `resumed` when an earlier caller may have
 * begun. conflict: the key belongs to another request. in_progress: another caller acts.
 */
export type KeyClaim =
  | { readonly kind: 'claimed'; readonly workspaceId: string; readonly resumed: boolean }
  | KeptAnswer
  | { readonly kind: 'conflict' }
  | { readonly kind: 'in_progress' };

export type IdempotencyStore = {
  claimIdempotencyKey(input: ClaimKeyInput): Promise<KeyClaim>;
  /** Changes nothing for who no longer holds the key. */
  keepAnswer(input: KeyHold & { readonly answer: KeptAnswer }): Promise<unknown>;
  /** Lets the next caller with the key resume at once. */
  releaseIdempotencyKey(input: KeyHold): Promise<unknown>;
};

type Ports<Body> = {
  readonly store: IdempotencyStore;
  /** What a kept body must look like when it is read again. */
  readonly body: z.ZodMiniType<Body>;
  /** Tells an operator of an answer that could not be kept. */
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
};

type Answer<Body> = { readonly status: number; readonly body: Body };

/**
 * Does under an idempotency key what makes one workspace. The key names the workspace before anything is done, so that a
 * call that is repeated after a crash goes on with that workspace and makes no second one. What succeeds, and what the
 * caller is refused, is kept and repeated for 24 hours; our own trouble never is.
 */
export function createIdempotent<Body extends object>({ store, body, report }: Ports<Body>) {
  /** An answer that is not kept is no error: the key's hold runs out, and its next caller resumes. */
  const attempted = async (hold: KeyHold, work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      report('the answer to an idempotency key could not be kept', { ...hold, error });
    }
  };

  /**
   * @param request what the key stands for: the request as it was read, without who sent it
   * @param act makes the workspace with this id, or brings what was begun of it to its end. What it answers is kept in
   *   the database: it must hold no secrets
   * @throws IdempotencyKeyConflict, IdempotencyKeyInProgress, RepeatedRefusal and what `act` throws
   */
  return async (
    key: string | null,
    request: unknown,
    act: (workspaceId: string, resumed: boolean) => Promise<Answer<Body>>,
  ): Promise<Answer<Body> & { readonly replayed: boolean }> => {
    if (key === null) return { ...(await act(uuidv7(), false)), replayed: false };
    const hold = { key, holder: randomUUID() };
    const claim = await store.claimIdempotencyKey({
      ...hold,
      requestSha256: digestOf(request),
      workspaceId: uuidv7(),
      holdSeconds: HOLD_SECONDS,
    });
    switch (claim.kind) {
      case 'answered':
        return { status: claim.status, body: body.parse(claim.body), replayed: true };
      case 'refused':
        throw new RepeatedRefusal(claim.code, claim.details);
      case 'conflict':
        throw new IdempotencyKeyConflict('the idempotency key was first sent with another request');
      case 'in_progress':
        throw new IdempotencyKeyInProgress('the first request with the idempotency key is not answered yet');
      case 'claimed':
        break;
    }
    let answer: Answer<Body>;
    try {
      answer = await act(claim.workspaceId, claim.resumed);
    } catch (error) {
      await attempted(
        hold,
        error instanceof MusterError && !error.isOurs
          ? store.keepAnswer({ ...hold, answer: { kind: 'refused', code: error.code, details: error.details } })
          : store.releaseIdempotencyKey(hold),
      );
      throw error;
    }
    await attempted(hold, store.keepAnswer({ ...hold, answer: { kind: 'answered', ...answer } }));
    return { ...answer, replayed: false };
  };
}
