import type { Braked } from '../../lib/domain/brake.ts';
import type { Candidate } from '../../lib/domain/candidate.ts';
import { countVerdicts, inBatches, inquireAll } from '../../lib/domain/confirm.ts';
import type { AbsenceFacts } from '../../lib/domain/sweep/absence.ts';
import type { Decision } from '../../lib/domain/sweep/decide.ts';
import type { ZoneListing } from '../../lib/domain/sweep/listing.ts';
import type { Verdict } from '../../lib/domain/verdict.ts';
import { type Absence, absencesOf, brakeAbsences } from './absences.ts';
import { lookAt } from './look.ts';
import type { FleetStore, SweepEc2, Thresholds } from './ports.ts';
import { readFleet } from './read-fleet.ts';

export type SurveyStore = FleetStore & {
  /** What the rows would say of these absences, were they counted once more. */
  readAbsences(key: { ids: readonly string[] }): Promise<readonly AbsenceFacts[]>;
};

/** All that a sweep would find out now. */
export type Survey = {
  readonly fleet: readonly Candidate[];
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Of those that a listing alone does not settle. */
  readonly decisions: readonly Decision[];
  readonly absences: readonly Absence[];
  readonly braked: Braked<Absence>;
  readonly unlisted: readonly Pick<ZoneListing, 'zone' | 'end'>[];
};

/** Looks as a sweep does, and writes nothing. */
export async function survey(store: SurveyStore, ec2: SweepEc2, thresholds: Thresholds): Promise<Survey> {
  const { registryId } = await store.readRegistry({});
  const fleet = await readFleet(store, null);
  const { settled, doubtful, listings } = await lookAt(ec2, registryId, fleet);
  const decisions = await inquireAll(ec2, doubtful);
  const missing = decisions.filter(({ act }) => act === 'note_absence');
  const ids = missing.map(({ candidate }) => candidate.workspaceId);
  const absences = absencesOf(missing, await inBatches(ids, (batch) => store.readAbsences({ ids: batch })));
  const verdicts = countVerdicts([...settled, ...decisions]);
  const unlisted = listings.filter(({ end }) => end !== 'complete');
  return { fleet, verdicts, decisions, absences, braked: brakeAbsences(absences, fleet, thresholds), unlisted };
}
