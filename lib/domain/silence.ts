import type { BrakePolicy, Zone } from './brake.ts';
import { masses } from './brake.ts';

/** How our own outage is told from theirs. Times are seconds. */
export type GracePolicy = {
  /** So long without a run of liveness is our own outage. */
  readonly gapSeconds: number;
  /** How long every timeout waits after it, at least. */
  readonly graceSeconds: number;
  /** More than this share (0 to 1) of those that were beating, unheard together, is our own outage too. */
  readonly outageShare: number;
};

export const DEFAULT_GRACE = {
  // One run missed. The next tries after two minutes without an answer come up to two minutes late, and the leases of some
  // are over by then, too few for the brake to tell.
  gapSeconds: 90,
  graceSeconds: 270,
  outageShare: 0.5,
} as const satisfies GracePolicy;

/**
 * Nobody who beats is unheard for so much of its lease: a lease is three paces, and beats come at most one and a half
 * apart. When the first lease of a silenced fleet runs out, all of it is.
 */
const UNHEARD_LEASES = 0.5;

/** Who was silent for so long, in seconds, while others were heard tells nothing of us. */
const OWN_SILENCE_SECONDS = 3600;

/**
 * So few may die together, and are found to be dead, however large a part of the fleet they are. Not the brake's floor:
 * whoever lets more through at once does not take our own outages for theirs.
 */
const FEW = 2;

/** What one look at the fleet is told. */
export const SURVEY = { unheardLeases: UNHEARD_LEASES, ownSilenceSeconds: OWN_SILENCE_SECONDS } as const;

/** The grace lets every runtime beat again: so many leases. */
const GRACE_LEASES = 1.5;

/** The workspaces of one zone, as one statement counted them. */
export type SurveyedZone = {
  readonly zone: Zone;
  /** Those that are online or degraded. */
  readonly live: number;
  /** Those of them whose lease has run out. */
  readonly silent: number;
  /**
   * Those of the silent ones that were beating when we last heard anybody: only they make a mass. What stays silent for
   * long while others are heard is believed, and hides nobody else.
   */
  readonly newlySilent: number;
  /** How many instances are silent, also those of workspaces that are offline for it. */
  readonly silentInstances: number;
  /** Those of the live ones that were beating when we last heard anybody, and how many of these are late by now. */
  readonly beating: number;
  readonly unheard: number;
  /** The longest lease, in seconds. */
  readonly leaseSeconds: number;
  /** PostgreSQL's text of the time of counting; opaque here. */
  readonly surveyedAt: string;
};

/** What is held back: the whole fleet, or these zones. */
export type Held = 'fleet' | readonly Zone[];

export type Silence = {
  readonly silent: number;
  readonly silentInstances: number;
  /** Whose silence changes nothing since too many are silent together, and how many they are. */
  readonly held: Held;
  readonly heldCount: number;
  /** Whether so many are unheard together that it is our own outage. */
  readonly isOutage: boolean;
  /** How long a grace is to last, in seconds: beats that come back a pace apart need more than a lease. */
  readonly graceSeconds: number;
  /** null: nobody was counted. */
  readonly surveyedAt: string | null;
};

/** What a survey says of silence: what is a mass of it, and whether it is our own fault. */
export function judgeSilence(survey: readonly SurveyedZone[], brake: BrakePolicy, grace: GracePolicy): Silence {
  const sum = (count: 'silent' | 'silentInstances' | 'beating' | 'unheard') =>
    survey.reduce((total, zone) => total + zone[count], 0);
  const each = (count: 'newlySilent' | 'live' | 'beating' | 'unheard') =>
    new Map(survey.map((zone) => [zone.zone, zone[count]]));
  // Who is unheard is about to be silent: where they come back in time, the last of them are no more dead for it.
  const [silent, unheardMass] = [
    masses(each('newlySilent'), each('live'), brake),
    masses(each('unheard'), each('beating'), brake),
  ];
  const held = silent === 'fleet' || unheardMass === 'fleet' ? 'fleet' : [...new Set([...silent, ...unheardMass])];
  const unheard = sum('unheard');
  const longestLease = Math.max(0, ...survey.map(({ leaseSeconds }) => leaseSeconds));
  return {
    silent: sum('silent'),
    silentInstances: sum('silentInstances'),
    held,
    heldCount: heldCountOf(survey, held),
    isOutage: unheard > FEW && unheard > sum('beating') * grace.outageShare,
    graceSeconds: Math.max(grace.graceSeconds, Math.ceil(GRACE_LEASES * longestLease)),
    surveyedAt: survey[0]?.surveyedAt ?? null,
  };
}

/** How many are held back. */
export function heldCountOf(survey: readonly SurveyedZone[], held: Held): number {
  const isHeld = (zone: Zone) => held === 'fleet' || held.includes(zone);
  return survey.reduce((total, { zone, silent }) => total + (isHeld(zone) ? silent : 0), 0);
}

const FLEET = 'fleet';
const ZONE = 'zone ';
const NO_ZONE = 'no zone';

/** What is held, as the registry keeps it from run to run. */
export function massesOf(held: Held): readonly string[] {
  return held === 'fleet' ? [FLEET] : held.map((zone) => (zone === null ? NO_ZONE : `${ZONE}${zone}`));
}

/** The reverse of {@link massesOf}. */
export function heldOf(masses: readonly { readonly mass: string }[]): Held {
  if (masses.some(({ mass }) => mass === FLEET)) return FLEET;
  return masses.map(({ mass }) => (mass === NO_ZONE ? null : mass.slice(ZONE.length)));
}

export type ImpairedLister = {
  /**
   * The instances whose system EC2 shows impaired, and how EC2 failed, where it did: then those that it had named by
   * then. Never throws.
   */
  listImpaired(): Promise<{ readonly instanceIds: readonly string[]; readonly error: string | null }>;
};
