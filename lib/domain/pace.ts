import { createHash } from 'node:crypto';

/** The share by which a fast pace is spread. */
const FAST_JITTER = 0.1;

/** The share by which a beat may miss its phase, so that even two runtimes of one phase do not stay in step. */
const PHASE_JITTER = 0.02;

/** The next beat is no sooner than this part of a pace from now, and a pace after that at the latest. */
const SOONEST = 0.5;

export type PaceInput = {
  readonly workspaceId: string;
  /** What the database said. */
  readonly paceSeconds: number;
  /** Up to here a pace is a fast one, which somebody waits for: it keeps its time but for ±10 %. */
  readonly fastSeconds: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** A number from 0 to 1. */
  readonly random: number;
};

/**
 * When a runtime is to beat next. Every workspace has a phase of its own in each pace, and its next beat is the one on
 * that phase which is nearest to a pace from now. So a fleet that is brought into step, as by a restart, is out of it
 * after one beat; who is on its phase stays there.
 * @returns seconds, rounded to milliseconds: from half a pace to one and a half, a pace in the mean
 */
export function nextBeatIn({ workspaceId, paceSeconds, fastSeconds, nowMs, random }: PaceInput): number {
  const swing = 2 * random - 1;
  if (paceSeconds <= fastSeconds) return milliseconds(paceSeconds * (1 + FAST_JITTER * swing));
  const soonest = nowMs / 1000 + SOONEST * paceSeconds;
  const phase = (phaseOf(workspaceId) + PHASE_JITTER * swing) * paceSeconds;
  return milliseconds(SOONEST * paceSeconds + remainder(phase - soonest, paceSeconds));
}

/** Where in every pace a workspace beats, from 0 to 1; even over all ids, also those that begin alike. */
function phaseOf(workspaceId: string): number {
  return createHash('sha256').update(workspaceId).digest().readUInt32BE(0) / 2 ** 32;
}

function remainder(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
