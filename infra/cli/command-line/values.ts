import { WrongUsage } from '../failures.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws {WrongUsage} when it is not the whole id of a workspace. */
export function workspaceId(text: string): string {
  if (!uuid.test(text)) throw new WrongUsage(`${text} is not the id of a workspace (a whole UUID)`);
  return text.toLowerCase();
}

/** @throws {WrongUsage} when it is no whole number of at least 1. */
export function count(option: string, text: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number < 1) throw new WrongUsage(`--${option} takes a whole number of at least 1, not ${text}`);
  return number;
}

/** As {@link count}, for an option that may be missing. */
export function optionalCount(option: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : count(option, text);
}

/** The version of a declaration; 0: nothing is declared yet. @throws {WrongUsage} */
export function declarationVersion(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new WrongUsage(`--if-version takes a whole number, not ${text}`);
  return Number(text);
}

export type Label = readonly [key: string, value: string];

/** `K=V`; the value may hold further equals signs. @throws {WrongUsage} */
export function label(text: string): Label {
  const at = text.indexOf('=');
  if (at < 1) throw new WrongUsage(`--label takes KEY=VALUE, not ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** What may stand in an Idempotency-Key header. @throws {WrongUsage} */
export function idempotencyKey(text: string): string {
  if (!/^[\x21-\x7e]{1,255}$/.test(text)) throw new WrongUsage('--key takes 1 to 255 printable ASCII characters');
  return text;
}
