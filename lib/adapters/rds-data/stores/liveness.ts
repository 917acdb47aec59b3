import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { countEvents } from '../statements/count-events.ts';
import { ensureEventPartitions } from '../statements/ensure-event-partitions.ts';
import { expireBoots } from '../statements/expire-boots.ts';
import { expireLeases } from '../statements/expire-leases.ts';
import { hibernateIdle } from '../statements/hibernate-idle.ts';
import { holdSilence } from '../statements/hold-silence.ts';
import { measureFleet } from '../statements/measure-fleet.ts';
import { noticeGap } from '../statements/notice-gap.ts';
import { oweImpaired } from '../statements/owe-impaired.ts';
import { purgeIdempotencyKeys } from '../statements/purge-idempotency-keys.ts';
import { recordLivenessRun } from '../statements/record-liveness-run.ts';
import { resetAttempts } from '../statements/reset-attempts.ts';
import { surveyFleet } from '../statements/survey-fleet.ts';

/** What the function liveness asks of the database, one method a statement. */
export function livenessStore(database: Database) {
  const { many, only } = methodsOf(database);
  return {
    surveyFleet: many(surveyFleet),
    holdSilence: many(holdSilence),
    noticeGap: only(noticeGap),
    ensureEventPartitions: only(ensureEventPartitions),
    expireLeases: many(expireLeases),
    oweImpaired: many(oweImpaired),
    expireBoots: many(expireBoots),
    hibernateIdle: many(hibernateIdle),
    resetAttempts: many(resetAttempts),
    purgeIdempotencyKeys: many(purgeIdempotencyKeys),
    recordLivenessRun: only(recordLivenessRun),
    measureFleet: only(measureFleet),
    countEvents: many(countEvents),
  };
}

export const openLivenessStore = opened(livenessStore);
