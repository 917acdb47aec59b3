/**
 * Whether a pre-signed link (its query says when it was signed, and for how many seconds) has run out.
 * @param now milliseconds since 1970
 */
export function hasExpired({ searchParams }: URL, now: number): boolean {
  const signed = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(searchParams.get('X-Amz-Date') ?? '');
  const seconds = searchParams.get('X-Amz-Expires') ?? '';
  if (signed === null || !/^\d+$/.test(seconds)) return false;
  const [year = 0, month = 0, day, hour, minute, second] = signed.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) + Number(seconds) * 1000 <= now;
}
