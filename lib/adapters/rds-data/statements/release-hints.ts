import * as z from 'zod/mini';
import type { ReleaseHintsInput } from '../../../domain/hint.ts';
import { statement } from '../statement.ts';

/**
 * Gives the answering of hints back; for `restSeconds` nobody takes it over. Whoever has lost it changes nothing. Waits
 * for those who are noting a hint just now and have found the answering taken: they are seen by who looks after this.
 */
export const releaseHints = statement({
  sql: `
WITH noted AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext('muster.hints')))
UPDATE hint_answerer SET
  owner = NULL,
  held_until = CASE WHEN :rest_seconds::integer > 0
    THEN clock_timestamp() + make_interval(secs => :rest_seconds::integer) ELSE '-infinity' END
FROM noted
WHERE owner = :owner::uuid`,
  bind: ({ owner, restSeconds }: ReleaseHintsInput) => ({ owner, rest_seconds: restSeconds }),
  row: z.never(),
});
