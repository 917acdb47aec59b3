import * as z from 'zod';

const SECONDS = { minute: 60, hour: 3_600, day: 86_400 } as const;

/** Seconds between two runs of a schedule such as `rate(10 minutes)`. */
export const rate = z
  .string()
  .regex(/^rate\([1-9]\d* (minute|hour|day)s?\)$/, 'is no rate of a schedule, like rate(1 minute)')
  .transform((text) => {
    const [, count = '', unit = ''] = /(\d+) (minute|hour|day)/.exec(text) ?? [];
    const seconds = z.enum(['minute', 'hour', 'day']).transform((of) => SECONDS[of]);
    return Number(count) * seconds.parse(unit);
  });
