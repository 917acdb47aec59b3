import { DEFAULT_POLICY } from '../../lib/domain/policy.ts';

/** Who beats, and how the registry is set up for it. */
export type Fleet = {
  readonly workspaces: number;
  /** The part that runs outside of EC2, from 0 to 1. */
  readonly externalShare: number;
  /** Seconds between beats, instead of the registry's base paces. */
  readonly paceSeconds: number | undefined;
  /** Beats come through a Function URL, not through API Gateway. */
  readonly functionUrl: boolean;
  /** A log line, a metric and a trace for each beat. */
  readonly chatty: boolean;
  /** The part of the Data API's calls for which it reads its secret anew, from 0 to 1. */
  readonly secretReads: number;
};

/** Beats a second, by the registry's own rule (pace_seconds): a large fleet beats at the target rate at most. */
export function beatsPerSecond({ workspaces, externalShare, paceSeconds }: Fleet): number {
  const slowest = workspaces / DEFAULT_POLICY.target_beats_per_second;
  const rate = (count: number, base: number) => count / Math.max(paceSeconds ?? base, slowest);
  return (
    rate(workspaces * externalShare, DEFAULT_POLICY.base_pace_external_seconds) +
    rate(workspaces * (1 - externalShare), DEFAULT_POLICY.base_pace_ec2_seconds)
  );
}
