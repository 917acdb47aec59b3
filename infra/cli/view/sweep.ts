import { z } from 'zod';
import { ago } from '../../local/view/describe.ts';
import { type Column, drawTable } from './table.ts';
import { describeValue, oneLine } from './text.ts';

const counted = z.int().nonnegative();

/** Why an absence counts as a proof, and what the brake goes by. */
const absence = z.object({
  sweeps_without_it: counted,
  missing_seconds: z.number(),
  instance_age_seconds: z.number(),
  brake: z.object({
    held_by: z.string().nullable(),
    zone_workspaces: counted,
    zone_allows: counted,
    fleet_workspaces: counted,
    fleet_allows: counted,
  }),
});

/** What EC2 said of an instance that it named. */
const observation = z.object({ ec2_state: z.string(), ec2_reason: z.string().nullish() });

const change = z.object({
  workspace_id: z.string(),
  instance_id: z.string(),
  zone: z.string().nullable(),
  status: z.string(),
  verdict: z.string(),
  reason: z.string(),
  change: z.string(),
  brake: z.string(),
  evidence: z.record(z.string(), z.unknown()),
});

/** What the function `sweep` answers when it is asked what it would do. */
export const dryRun = z.looseObject({
  workspaces: counted,
  verdicts: z.record(z.string(), counted),
  would_change: counted,
  held: counted,
  absences_not_proved: counted,
  unlisted: z.array(z.object({ zone: z.string(), end: z.string() })),
  ec2: z.object({ made: counted, throttled: counted, failed: counted }),
  changes: z.array(change),
  not_shown: counted,
});

type Change = z.infer<typeof change>;
type DryRun = z.infer<typeof dryRun>;

const columns: readonly Column<Change>[] = [
  { title: 'workspace', minimum: 36, rank: 8, value: (one) => one.workspace_id },
  { title: 'instance', minimum: 19, rank: 2, value: (one) => one.instance_id },
  { title: 'zone', minimum: 10, rank: 1, value: (one) => describeValue(one.zone) },
  { title: 'status', minimum: 8, rank: 3, value: (one) => one.status },
  { title: 'verdict', minimum: 7, rank: 6, value: (one) => one.verdict },
  { title: 'reason', minimum: 10, rank: 0, value: (one) => one.reason },
  { title: 'change', minimum: 12, rank: 7, value: (one) => one.change },
  { title: 'brake', minimum: 13, rank: 5, value: describeBrake },
  { title: 'evidence', minimum: 22, rank: 4, value: describeEvidence },
];

/** A line for each workspace that would change, and what the look at the fleet came to, in words. */
export function drawSweep(result: DryRun, width: number): string {
  const { changes, not_shown: more } = result;
  return [
    changes.length === 0 ? 'Nothing would change.' : drawTable(columns, changes, width),
    ...(more > 0 ? [`${more} more would change, or wait behind the brake; they are not shown.`] : []),
    ...summary(result).map(oneLine),
    'Dry run, nothing was done.',
  ].join('\n');
}

function describeBrake({ brake, evidence }: Change): string {
  const by = absence.safeParse(evidence).data?.brake.held_by ?? null;
  return by === null ? brake : `${brake} by ${by}`;
}

function describeEvidence({ evidence }: Change): string {
  const missed = absence.safeParse(evidence).data;
  if (missed !== undefined) {
    const span = `${countOf(missed.sweeps_without_it, 'sweep')} without it in ${spanOf(missed.missing_seconds)}`;
    return `EC2 does not name it: ${span}, launched or booted ${spanOf(missed.instance_age_seconds)} ago`;
  }
  const named = observation.safeParse(evidence).data;
  if (named === undefined) return describeValue(evidence);
  return `EC2 says ${named.ec2_state}${named.ec2_reason ? ` (${named.ec2_reason})` : ''}`;
}

function summary(result: DryRun): string[] {
  const { workspaces, would_change: changing, held, absences_not_proved: unproved, ec2 } = result;
  const verdicts = Object.entries(result.verdicts).filter(([, count]) => count > 0);
  const found = verdicts.map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  return [
    `Looked at ${countOf(workspaces, 'workspace')} with an instance${found === '' ? '' : `: ${found}`}.`,
    ...(changing > 0 ? [`${changing} would change now.`] : []),
    ...(held > 0 ? [`${held} would wait behind the brake, for the next sweeps to let through:`, ...waits(result)] : []),
    ...(unproved > 0
      ? [`${countOf(unproved, 'absence')} not proved yet: --explain ID says what is missing of the proof.`]
      : []),
    ...((result.verdicts['unknown'] ?? 0) > 0 ? ['What is unknown changes nothing: EC2 did not answer for it.'] : []),
    ...result.unlisted.map(
      ({ zone, end }) => `${zone} could not be listed whole (${end}): what the list lacks was asked for by id.`,
    ),
    `EC2 was called ${times(ec2.made)}: ${ec2.throttled} throttled, ${ec2.failed} failed.`,
  ];
}

/** Whom the brake keeps waiting, and what it goes by: a line for each zone that is full, and one for the fleet. */
function waits({ changes }: DryRun): string[] {
  const held = changes.flatMap(({ zone, evidence }) => {
    const brake = absence.safeParse(evidence).data?.brake;
    if (brake === undefined || brake.held_by === null) return [];
    const ofZone = brake.held_by === 'zone';
    const [all, allowed] = ofZone
      ? [brake.zone_workspaces, brake.zone_allows]
      : [brake.fleet_workspaces, brake.fleet_allows];
    const where = ofZone ? (zone ?? 'no known zone') : 'the whole fleet';
    return [`of ${all} in ${where}, a sweep lets ${allowed} go for being absent`];
  });
  return [...Map.groupBy(held, (why) => why)].map(([why, waiting]) => `  ${waiting.length}: ${why}`);
}

/** `6 min`: in the largest unit that is at least one. */
const spanOf = (seconds: number): string => ago(new Date(0), new Date(seconds * 1_000));

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
