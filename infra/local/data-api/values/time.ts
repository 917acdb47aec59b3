import { DataApiError } from '../errors.ts';

const INSTANT = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;

/** A date, time or timestamp as the Data API writes it. */
export function formatMoment(text: string): string {
  requireFinite(text);
  return text.replace(/\.(\d+)/, (_, digits: string) => fraction(digits));
}

/** A timestamptz as the Data API writes it: in UTC, whatever the session's time zone, and without an offset. */
export function formatInstant(text: string): string {
  requireFinite(text);
  const match = INSTANT.exec(text);
  if (match === null) return text; // before year 1: "… BC"
  const [, year = '', month, day, hour, minute, second, digits, sign, offsetHours, offsetMinutes, offsetSeconds] =
    match;
  const offset = Number(offsetHours) * 3600 + Number(offsetMinutes ?? 0) * 60 + Number(offsetSeconds ?? 0);
  const utc = new Date(0);
  utc.setUTCFullYear(Number(year), Number(month) - 1, Number(day)); // Date.UTC would move the years before 100
  utc.setUTCHours(Number(hour), Number(minute), Number(second) + (sign === '-' ? offset : -offset));
  const [date = '', time = ''] = utc.toISOString().split('T');
  return `${date.replace(/^\+0*/, '')} ${time.slice(0, 8)}${fraction(digits)}`;
}

/** No digits if zero, else three, or six where three do not hold it. */
function fraction(digits = ''): string {
  const micros = digits.padEnd(6, '0');
  if (micros === '000000') return '';
  return `.${micros.endsWith('000') ? micros.slice(0, 3) : micros}`;
}

/** An infinite timestamp breaks the service itself: an error of 500 without a reason. */
function requireFinite(text: string): void {
  if (text.endsWith('infinity')) throw new DataApiError('InternalFailure', 'UnknownError');
}
