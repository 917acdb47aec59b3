import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { chance } from '../chance.ts';
import { DataApiError, type DataApiErrorType } from './errors.ts';

const times = z.int().positive();
const share = z.number().min(0).max(1);

/** The body of POST /_control/faults. It replaces the faults that were set; what is absent does not happen. */
export const faultSettings = z.strictObject({
  /** milliseconds that each call waits before it is executed */
  latencyMs: z.number().nonnegative().optional(),
  /** milliseconds from now in which each call is told that the database is resuming */
  resumingForMs: z.number().nonnegative().optional(),
  /** calls that fail with this status and are not executed; all of them unless `times` is given */
  failBeforeExecution: z
    .strictObject({
      status: z.union([z.literal(400), z.literal(403), z.literal(404), z.literal(500), z.literal(503), z.literal(504)]),
      times: times.optional(),
    })
    .optional(),
  /** calls that are executed, and committed where that is what they do, and whose connection is then cut, or whose
   * answer is `status`; `matching` is a part of the SQL (BEGIN, COMMIT, ROLLBACK for the calls that carry none) */
  loseAnswer: z
    .strictObject({
      times,
      matching: z.string().optional(),
      status: z.union([z.literal(500), z.literal(503), z.literal(504)]).optional(),
    })
    .optional(),
  /** the part of the calls, 0 to 1, that fails with 503 or 504 and is not executed */
  failShare: share.optional(),
  /** the part of the executed calls, 0 to 1, whose connection is then cut, or whose answer is 503 or 504 */
  loseShare: share.optional(),
  /** of the drawing by shares, which starts anew with every POST; 0 when absent */
  seed: z.int().nonnegative().optional(),
  /** whether each call is told that the database is unavailable */
  unavailable: z.boolean().optional(),
});

export type FaultSettings = z.infer<typeof faultSettings>;

/** An answer that is lost on its way: `status` undefined cuts the connection. */
export type Lost = { status: 500 | 503 | 504 | undefined };

export type Faults = {
  set(settings: FaultSettings): void;
  /** The faults that are still to come. */
  get(): FaultSettings;
  /** How many calls a share has taken, since the start. */
  readonly taken: { failed: number; lost: number };
  /** @throws DataApiError for a call that is to fail before it is executed */
  before(): Promise<void>;
  /** @param sql what was executed; undefined keeps the answer */
  after(sql: string): Lost | undefined;
};

const TYPE_OF_STATUS = {
  400: 'BadRequestException',
  403: 'ForbiddenException',
  404: 'DatabaseNotFoundException',
  500: 'InternalServerErrorException',
  503: 'ServiceUnavailableError',
  504: 'DatabaseUnavailableException',
} as const satisfies Record<number, DataApiErrorType>;

/** An error as the service would answer with this status. */
export function errorOfStatus(status: keyof typeof TYPE_OF_STATUS): DataApiError {
  return new DataApiError(TYPE_OF_STATUS[status], `A fault was asked for: ${status}.`);
}

/** How the answers that `loseShare` takes are lost, each way as often as the others. */
const LOSING = [undefined, 503, 504] as const;

/** Faults that a test, or a person, asks for. */
export function createFaults(): Faults {
  let settings: FaultSettings = {};
  let resumesAt = 0;
  let drawn = { fail: 0, lose: 0 };
  const taken = { failed: 0, lost: 0 };

  /** How deep the next call is in the share, from 0 to below 1; undefined where it is not in it. */
  function draw(kind: keyof typeof drawn, of = 0): number | undefined {
    const at = chance(`${settings.seed ?? 0} ${kind} ${drawn[kind]++}`);
    return at < of ? at / of : undefined;
  }

  function set(next: FaultSettings): void {
    settings = structuredClone(next);
    resumesAt = performance.now() + (next.resumingForMs ?? 0);
    drawn = { fail: 0, lose: 0 };
  }

  function get(): FaultSettings {
    const { resumingForMs: _, ...rest } = settings;
    const left = Math.ceil(resumesAt - performance.now());
    return left > 0 ? { ...rest, resumingForMs: left } : rest;
  }

  async function before(): Promise<void> {
    if (settings.latencyMs !== undefined) await wait(settings.latencyMs);
    if (settings.unavailable === true) throw errorOfStatus(504);
    if (performance.now() < resumesAt) {
      throw new DataApiError(
        'DatabaseResumingException',
        'The Aurora DB instance is resuming after being auto-paused. Please wait a few seconds and try again.',
      );
    }
    const failed = draw('fail', settings.failShare);
    if (failed !== undefined) {
      taken.failed += 1;
      throw errorOfStatus(failed < 0.5 ? 503 : 504);
    }
    const failing = settings.failBeforeExecution;
    if (failing === undefined) return;
    if (failing.times === 1) delete settings.failBeforeExecution;
    else if (failing.times !== undefined) failing.times -= 1;
    throw errorOfStatus(failing.status);
  }

  function after(sql: string): Lost | undefined {
    const lost = draw('lose', settings.loseShare);
    if (lost !== undefined) {
      taken.lost += 1;
      return { status: LOSING[Math.floor(lost * LOSING.length)] };
    }
    const losing = settings.loseAnswer;
    if (losing === undefined || !sql.includes(losing.matching ?? '')) return undefined;
    if (losing.times === 1) delete settings.loseAnswer;
    else losing.times -= 1;
    return { status: losing.status };
  }

  return { set, get, taken, before, after };
}
