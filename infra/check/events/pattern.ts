import { isObject, type Json } from '../template/template.ts';

/**
 * Whether a pattern of EventBridge matches an event. Of its language only lists of values are known, which all ours are.
 * @throws Error for a pattern that needs more
 */
export function isMatch(pattern: Json, event: Json | undefined): boolean {
  if (isObject(pattern)) {
    return isObject(event) && Object.entries(pattern).every(([key, wanted]) => isMatch(wanted, event[key]));
  }
  if (!Array.isArray(pattern)) throw new Error('a pattern lists the values that it takes');
  if (pattern.some((value) => typeof value === 'object')) throw new Error('only plain values are understood here');
  return pattern.some((value) => value === event);
}
