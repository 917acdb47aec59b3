import type { HeldBy } from '../brake.ts';
import { inSpan } from '../span.ts';
import type { Ec2Operation, Status } from '../status.ts';
import type { RestartPolicy } from '../workspace.ts';
import type { AbsenceFacts, AbsencePolicy, Lack } from './absence.ts';
import { LACKS, lacksOf } from './absence.ts';
import { conclude, OWED } from './conclusion.ts';
import type { Decision } from './decide.ts';

/** How a workspace stands when the sweep is asked about it. Times of day are ISO 8601 in UTC, others seconds. */
export type Standing = {
  readonly workspaceId: string;
  readonly name: string;
  readonly at: string;
  readonly status: Status;
  readonly statusSince: string;
  readonly statusReason: string;
  readonly instanceId: string | null;
  readonly generation: number;
  readonly zone: string | null;
  readonly held: boolean;
  readonly external: boolean;
  readonly restartPolicy: RestartPolicy;
  readonly owes: Ec2Operation | null;
  readonly launchedAt: string | null;
  /** Since its last heartbeat; null: it never beat. */
  readonly silentSeconds: number | null;
  /** Until its lease ends, below 0 once it has; null: it never beat. */
  readonly leaseSeconds: number | null;
};

/** What the brake said of an absence that is proved. */
export type Braking = {
  readonly heldBy: HeldBy | null;
  readonly zoneAllows: number;
  readonly zoneWorkspaces: number;
  readonly fleetAllows: number;
  readonly fleetWorkspaces: number;
};

export type Case = {
  readonly standing: Standing;
  /** null: it believes in no instance, so EC2 has nothing to say of it. */
  readonly decision: Decision | null;
  /** Of an absence that counts. */
  readonly absence: { readonly facts: AbsenceFacts; readonly policy: AbsencePolicy } | null;
  /** Of one that is proved. */
  readonly braking: Braking | null;
};

/** Why the sweep would do what it would do, a sentence a line, the last its conclusion. */
export function argue(of: Case): readonly string[] {
  const { standing, decision, absence, braking } = of;
  const lines = [howItStands(standing), whatItHas(standing), howItBeats(standing)];
  if (decision !== null) lines.push(whatEc2Said(decision, standing));
  if (absence !== null) lines.push(...proofOf(absence.facts, absence.policy));
  if (braking !== null) lines.push(whatTheBrakeSaid(braking, standing));
  return [...lines, conclude(of)];
}

function howItStands({ name, workspaceId, status, statusSince, statusReason, at }: Standing): string {
  const since = inSpan((Date.parse(at) - Date.parse(statusSince)) / 1_000);
  return `${name} (${workspaceId}) has been ${status} for ${since}, since ${moment(statusSince)} (${statusReason}).`;
}

function whatItHas({ instanceId, zone, launchedAt, generation, external, owes, held }: Standing): string {
  const launched = launchedAt === null ? '' : `, launched ${moment(launchedAt)}`;
  const instance = `Its instance is ${instanceId}${zone === null ? '' : ` in ${zone}`}, generation ${generation}${launched}`;
  const none = external
    ? 'It is external: its machine is not ours'
    : `It has no instance; its generation is ${generation}`;
  const owing = owes === null ? '' : `; it is owed ${OWED[owes]}`;
  const hold = held ? '; a person has stopped it, so it is held, and not started again' : '';
  return `${instanceId === null ? none : instance}${owing}${hold}.`;
}

function howItBeats({ silentSeconds, leaseSeconds }: Standing): string {
  if (silentSeconds === null || leaseSeconds === null) return 'It has not sent a heartbeat in this generation.';
  const lease = leaseSeconds > 0 ? `has ${left(leaseSeconds)} left` : `ran out ${inSpan(-leaseSeconds)} ago`;
  return `Its last heartbeat came ${inSpan(silentSeconds)} ago; its lease ${lease}.`;
}

function whatEc2Said({ candidate, verdict, evidence, reason }: Decision, { at }: Standing): string {
  const asked = `EC2 was asked for ${candidate.instanceId} by its id at ${moment(at)}`;
  switch (verdict) {
    case 'absent':
      return `${asked}, and answered without naming it.`;
    case 'unknown':
      if (reason === 'deadline') return `There was no time to ask EC2 for ${candidate.instanceId}.`;
      return `${asked}, and that failed (${String(evidence['error'])}).`;
    case 'alive':
    case 'stopped':
    case 'gone': {
      const why = evidence['ec2_reason'] === null ? '' : ` (${String(evidence['ec2_reason'])})`;
      const means = verdict === 'alive' ? 'it is alive' : `proof that it is ${verdict}`;
      return `${asked}, and called it ${String(evidence['ec2_state'])}${why}: ${means}.`;
    }
  }
}

/** What each part of the proof asks for, and what there is of it. */
const PARTS = {
  age: ({ ageSeconds }, policy) =>
    `EC2 may not know a new instance yet, so ${inSpan(policy.ageSeconds)} have to be over since it was launched or booted: it was ${inSpan(ageSeconds)} ago`,
  cycles: ({ cycles }, policy) =>
    `${policy.cycles} sweeps in a row have to miss it, with no heartbeat since the first: with this one it is ${cycles}`,
  duration: ({ missingSeconds }, policy) =>
    `they have to span ${inSpan(policy.seconds)}: they span ${inSpan(missingSeconds)}`,
  lease_expired: ({ leaseSeconds }) =>
    `its lease has to be over: ${leaseSeconds > 0 ? `it has ${left(leaseSeconds)} left` : 'it is'}`,
  no_grace: ({ graceSeconds }) =>
    `no grace may be on, as after an outage of our own: ${graceSeconds > 0 ? `one lasts for another ${left(graceSeconds)}` : 'none is'}`,
} as const satisfies Record<Lack, (facts: AbsenceFacts, policy: AbsencePolicy) => string>;

function proofOf(facts: AbsenceFacts, policy: AbsencePolicy): string[] {
  const lacks = lacksOf(facts, policy);
  const parts = LACKS.map((part) => `  ${lacks.includes(part) ? 'not yet' : 'yes'}: ${PARTS[part](facts, policy)}.`);
  return ['One such answer proves nothing; an absence is a proof when all of this holds:', ...parts];
}

function whatTheBrakeSaid(braking: Braking, { zone }: Standing): string {
  const { heldBy, zoneAllows, zoneWorkspaces, fleetAllows, fleetWorkspaces } = braking;
  const ofZone = `${Math.min(zoneAllows, zoneWorkspaces)} of ${zoneWorkspaces} in ${zone ?? 'no known zone'}`;
  const ofFleet = `${Math.min(fleetAllows, fleetWorkspaces)} of ${fleetWorkspaces} in the fleet`;
  const limits = `a sweep lets at most ${ofZone} and ${ofFleet} go for being absent, the longest absent first`;
  const said =
    heldBy === null
      ? 'this one passes'
      : `this one has to wait: ${heldBy === 'zone' ? 'its zone' : 'the fleet'} has used that up`;
  return `Very many at once are more likely a mistake than deaths, so ${limits}; ${said}.`;
}

/** What is left of a span, rounded up: it never reads as if nothing were. */
function left(seconds: number): string {
  return inSpan(Math.ceil(seconds));
}

/** ISO 8601 to the second. */
function moment(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
