import type { Silence } from '../../lib/domain/silence.ts';
import { heldCountOf, heldOf, judgeSilence, massesOf, SURVEY } from '../../lib/domain/silence.ts';
import type { Batch, LivenessPorts, WhileFull } from './ports.ts';

/** EC2 was not asked. */
const NONE = { instanceIds: [], error: null } as const;

/**
 * Whom a run believes to be dead since it is silent. The fleet is counted first: a mass of silence is a reason to doubt
 * ourselves, or a zone, rather than each of them, and changes only those whose system EC2 shows impaired.
 */
export function createSilence({ store, ec2, brake, grace }: LivenessPorts) {
  return {
    /** Counts the fleet, and notices our own outage by what it counts. */
    async survey() {
      const surveyed = await store.surveyFleet(SURVEY);
      const judged = judgeSilence(surveyed, brake, grace);
      const { isOutage, graceSeconds } = judged;
      const held = heldOf(await store.holdSilence({ seen: massesOf(judged.held), seconds: graceSeconds }));
      const silence = { ...judged, held, heldCount: heldCountOf(surveyed, held) };
      const gap = await store.noticeGap({ isOutage, graceSeconds, gapSeconds: grace.gapSeconds });
      return { silence, ...gap };
    },

    /** What silence changes and comes to owe; EC2 is asked only where it may know of a reason. */
    async expire(batch: Batch, whileFull: WhileFull, { surveyedAt, held, silentInstances }: Silence, inGrace: boolean) {
      const { instanceIds: impaired, error } = silentInstances > 0 && !inGrace ? await ec2.listImpaired() : NONE;
      const silent =
        surveyedAt === null ? [] : await whileFull(() => store.expireLeases({ ...batch, surveyedAt, held, impaired }));
      const owing =
        impaired.length > 0 ? await whileFull(() => store.oweImpaired({ limit: batch.limit, impaired })) : [];
      return { silent, owing, ec2Error: error };
    },
  };
}
