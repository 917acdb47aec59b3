import { type Decision, isMoot } from '../../lib/domain/sweep/decide.ts';
import { brakeEvidence, headcountOf } from './absences.ts';
import type { SweepPorts, Thresholds } from './ports.ts';
import { type Survey, type SurveyStore, survey } from './survey.ts';

export type DryRunStore = SurveyStore;

type Ports = Thresholds & Pick<SweepPorts, 'openEc2'> & { readonly store: DryRunStore };

/** An answer of Lambda holds 6 MB: the first of very many tell enough. */
const ANSWERED = 1_000;

/** What a sweep would do now, and on what evidence; nothing is written, counted or asked but what a sweep asks. */
export function createDryRun({ store, openEc2, absence, brake }: Ports) {
  return async ({ timeLeftMs }: { timeLeftMs: () => number }) => {
    const ec2 = openEc2(timeLeftMs());
    const found = await survey(store, ec2, { absence, brake });
    const changes = [...changesOf(found), ...absentChangesOf(found, { absence, brake })];
    const proved = found.braked.passed.length + found.braked.held.length;
    return {
      dry_run: true,
      workspaces: found.fleet.length,
      verdicts: found.verdicts,
      would_change: changes.filter((change) => change.brake !== 'held').length,
      held: found.braked.held.length,
      absences_not_proved: found.absences.length - proved,
      unlisted: found.unlisted,
      ec2: ec2.calls,
      changes: changes.slice(0, ANSWERED),
      not_shown: Math.max(0, changes.length - ANSWERED),
    };
  };
}

const CHANGE = {
  instance_gone: 'offline',
  instance_stopped: 'offline',
  owe_start: 'owes a start',
  clear: 'loses its instance',
  end_hold: 'is no longer held',
} as const;

/** EC2 calls our own stops a user's too; the row knows of those. */
const HELD = 'is held, unless Muster stopped it';

function changesOf({ decisions }: Survey) {
  return decisions.flatMap((decision) => {
    const { act } = decision;
    if (act === null || act === 'note_absence' || isMoot(decision)) return [];
    const change = act === 'owe_start' && decision.stoppedByUser ? HELD : CHANGE[act];
    return [{ ...described(decision), change, brake: 'does not apply', evidence: decision.evidence }];
  });
}

function absentChangesOf({ braked, fleet }: Survey, thresholds: Thresholds) {
  const headcount = headcountOf(fleet);
  const due = [
    ...braked.passed.map((one) => ({ one, brake: 'passes', by: null })),
    ...braked.held.map(({ due: one, by }) => ({ one, brake: 'held', by })),
  ];
  return due.map(({ one: { decision, facts, zone }, brake, by }) => ({
    ...described(decision),
    change: decision.candidate.status === 'offline' ? CHANGE.clear : CHANGE.instance_gone,
    brake,
    evidence: {
      sweeps_without_it: facts.cycles,
      missing_seconds: Math.round(facts.missingSeconds),
      instance_age_seconds: Math.round(facts.ageSeconds),
      brake: { held_by: by, ...brakeEvidence(zone, headcount, thresholds) },
    },
  }));
}

function described({ candidate, verdict, reason }: Decision) {
  const { workspaceId, instanceId, zone, status } = candidate;
  return { workspace_id: workspaceId, instance_id: instanceId, zone, status, verdict, reason };
}
