import * as z from 'zod/mini';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A plugin's configuration: keys to JSON values. What stands below a key is told apart key by key as well. */
export type Config = { readonly [key: string]: Json };

/** Levels that a configuration may be nested. */
const MAX_DEPTH = 8;

const NEXT_TO_NOTHING = 1e-6;

const KEY = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** A key of a configuration, at any level. `__proto__` would vanish in objects that are built key by key. */
export const configKey = z.string().check(
  z.regex(KEY, 'use 1 to 100 of A-Z, a-z, 0-9, underscore, dot, dash; begin with none of the last two'),
  z.refine((key) => key !== '__proto__', 'use another name than __proto__'),
);

/**
 * Checks a configuration in place, so that it stays what was sent. A number that JavaScript would have rounded is
 * refused: two that differ must never look equal. So is one next to nothing, which
 * PostgreSQL would write with all its zeros.
 */
export const configSchema = z.custom<Config>(isObject, 'give an object').check(
  z.superRefine((config, context) => {
    for (const { path, message } of problemsOf(config, [])) context.addIssue({ code: 'custom', path, message });
  }),
);

type Problem = { readonly path: (string | number)[]; readonly message: string };

function problemsOf(value: unknown, path: (string | number)[]): Problem[] {
  if (path.length > MAX_DEPTH) return [{ path, message: `nest at most ${MAX_DEPTH} levels` }];
  if (Array.isArray(value)) return value.flatMap((item, at) => problemsOf(item, [...path, at]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => problemsUnder(key, item, [...path, key]));
  if (typeof value === 'number')
    return isPlain(value)
      ? []
      : [{ path, message: 'send a number beyond 2^53, or nearer to 0 than 0.000001, as a text' }];
  const isJson = value === null || typeof value === 'boolean' || typeof value === 'string';
  return isJson ? [] : [{ path, message: 'send JSON' }];
}

function problemsUnder(key: string, value: unknown, path: (string | number)[]): Problem[] {
  const wrong = configKey.safeParse(key).error?.issues[0];
  return wrong === undefined ? problemsOf(value, path) : [{ path, message: wrong.message }];
}

const isPlain = (value: number): boolean =>
  Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value) && Math.abs(value) >= NEXT_TO_NOTHING;

/** Whether a JSON value has keys: no list, no null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
