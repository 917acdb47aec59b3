import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Keeps what is held by a mass of silence held for `seconds` after the mass was last seen: when it recedes since its
 * runtimes come back, those that come last are no more dead than the others. Answers all that is held now; sent twice,
 * it answers the same.
 */
export const holdSilence = statement({
  sql: `
WITH seen AS (
  INSERT INTO silence_held AS s (mass, until)
  SELECT mass, clock_timestamp() + make_interval(secs => :seconds::integer)
  FROM jsonb_array_elements_text(:seen::jsonb) AS m (mass)
  ORDER BY mass
  ON CONFLICT (mass) DO UPDATE SET until = EXCLUDED.until
)
SELECT m.mass FROM jsonb_array_elements_text(:seen::jsonb) AS m (mass)
UNION
SELECT mass FROM silence_held WHERE until > clock_timestamp()
ORDER BY mass`,
  bind: ({ seen, seconds }: { seen: readonly string[]; seconds: number }) => ({ seen: JSON.stringify(seen), seconds }),
  row: z.object({ mass: z.string() }),
});
