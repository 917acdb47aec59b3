const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A span of time as a person reads it: `90 s`, `12 min 30 s`, `5 h`, `3 d 4 h`. What is left over is cut off, so that
 * what has not yet reached a bound never reads as if it had.
 */
export function inSpan(seconds: number): string {
  const count = Math.max(0, Math.floor(seconds));
  if (count < 2 * MINUTE) return `${count} s`;
  if (count < 2 * HOUR) return inUnits(count, [MINUTE, 'min'], [1, 's']);
  if (count < 2 * DAY) return inUnits(count, [HOUR, 'h'], [MINUTE, 'min']);
  return inUnits(count, [DAY, 'd'], [HOUR, 'h']);
}

type Unit = readonly [seconds: number, name: string];

function inUnits(count: number, [larger, name]: Unit, [smaller, rest]: Unit): string {
  const left = Math.floor((count % larger) / smaller);
  return `${Math.floor(count / larger)} ${name}${left === 0 ? '' : ` ${left} ${rest}`}`;
}
