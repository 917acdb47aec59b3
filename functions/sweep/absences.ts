import type { Braked, Headcount, Zone } from '../../lib/domain/brake.ts';
import { allowanceOf, slowed } from '../../lib/domain/brake.ts';
import type { Candidate } from '../../lib/domain/candidate.ts';
import { inBatches, rowOf } from '../../lib/domain/confirm.ts';
import { type AbsenceFacts, lacksOf } from '../../lib/domain/sweep/absence.ts';
import { BRAKED_STATUSES, type Decision } from '../../lib/domain/sweep/decide.ts';
import type { By } from '../../lib/domain/workspace.ts';
import type { AbsenceStore, Thresholds } from './ports.ts';

/** A workspace whose instance EC2 does not name, and what the rows say of that. */
export type Absence = { readonly decision: Decision; readonly facts: AbsenceFacts; readonly zone: Zone };

type Context = By & { readonly fence: number };

/** Joins what was decided with what the rows say of it; one whose row has moved on meanwhile is left out. */
export function absencesOf(decisions: readonly Decision[], facts: readonly AbsenceFacts[]): Absence[] {
  const factsOf = new Map(facts.map((one) => [one.workspaceId, one]));
  return decisions.flatMap((decision) => {
    const found = factsOf.get(decision.candidate.workspaceId);
    return found === undefined ? [] : [{ decision, facts: found, zone: decision.candidate.zone }];
  });
}

/** Counts one more sweep without these instances. */
export async function noteAbsences(
  store: Pick<AbsenceStore, 'noteAbsences'>,
  decisions: readonly Decision[],
  fence: number,
): Promise<Absence[]> {
  const missing = decisions.filter(({ act }) => act === 'note_absence');
  return absencesOf(missing, await inBatches(missing.map(rowOf), (rows) => store.noteAbsences({ fence, rows })));
}

/** Forgets the absences of instances that EC2 has named. */
export async function forgetAbsences(
  store: Pick<AbsenceStore, 'forgetAbsences'>,
  named: readonly Candidate[],
  fence: number,
): Promise<void> {
  const missing = named.filter((candidate) => candidate.missing).map((candidate) => rowOf({ candidate }));
  await inBatches(missing, (rows) => store.forgetAbsences({ fence, rows }));
}

/** Of the absences that are proved, those that the brake lets through: the longest first. */
export function brakeAbsences(
  absences: readonly Absence[],
  fleet: readonly Candidate[],
  { absence, brake }: Thresholds,
): Braked<Absence> {
  const proved = absences
    .filter(({ facts }) => lacksOf(facts, absence).length === 0)
    .sort((one, other) => other.facts.missingSeconds - one.facts.missingSeconds);
  return slowed(proved, headcountOf(fleet), brake);
}

/** How many of each zone an absence could end. */
export function headcountOf(fleet: readonly Candidate[]): Headcount {
  const counts = new Map<Zone, number>();
  for (const { zone, status } of fleet) {
    if (BRAKED_STATUSES.includes(status)) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return counts;
}

/** What the brake goes by for one zone, as the evidence shows it. */
export function brakeEvidence(zone: Zone, headcount: Headcount, { brake }: Pick<Thresholds, 'brake'>) {
  const fleet = [...headcount.values()].reduce((sum, count) => sum + count, 0);
  const ofZone = headcount.get(zone) ?? 0;
  return {
    zone_workspaces: ofZone,
    zone_allows: allowanceOf(ofZone, brake),
    fleet_workspaces: fleet,
    fleet_allows: allowanceOf(fleet, brake),
  };
}

/** Ends those that passed; the rows are asked for the whole proof once more. */
export async function endAbsent(
  store: Pick<AbsenceStore, 'flipAbsent'>,
  passed: readonly Absence[],
  headcount: Headcount,
  thresholds: Thresholds,
  context: Context,
) {
  const rows = passed.map(({ decision, zone }) => {
    const brake = brakeEvidence(zone, headcount, thresholds);
    return { ...rowOf(decision), evidence: { ...decision.evidence, ec2_answer: 'not_named', brake } };
  });
  return inBatches(rows, (batch) => store.flipAbsent({ rows: batch, policy: thresholds.absence, ...context }));
}
