import { movesOf } from './status.ts';

/**
 * The thresholds and paces that the hot path is given with every call: the database keeps no copy of them. Times are
 * seconds, rates a second, error rates shares from 0 to 1. The figures are those of the design, sections 4 and 7.
 */
export type Policy = {
  readonly unhealthy_error_rate: number;
  readonly healthy_error_rate: number;
  readonly base_pace_ec2_seconds: number;
  readonly base_pace_external_seconds: number;
  readonly target_beats_per_second: number;
  readonly plan_first_pace_seconds: number;
  readonly plan_pace_seconds: number;
  readonly plan_pace_for_seconds: number;
  readonly plan_ask_again_seconds: number;
  readonly lease_min_seconds: number;
  readonly lease_paces: number;
};

export const DEFAULT_POLICY = {
  unhealthy_error_rate: 0.5,
  healthy_error_rate: 0.1,
  base_pace_ec2_seconds: 60,
  base_pace_external_seconds: 30,
  target_beats_per_second: 500,
  // A reconcile takes less than this: the first beat after a boot already finds its plan.
  plan_first_pace_seconds: 1,
  plan_pace_seconds: 2,
  plan_pace_for_seconds: 120,
  plan_ask_again_seconds: 5,
  lease_min_seconds: 90,
  lease_paces: 3,
} as const satisfies Policy;

/** The policy with the moves of the events that a beat can cause: it is read anew by every call, so it holds no others. */
export function beatPolicy(policy: Policy) {
  return {
    ...policy,
    moves: { beat_healthy: movesOf('beat_healthy'), beat_unhealthy: movesOf('beat_unhealthy') },
  };
}

/** The policy with the moves of a register. */
export function registerPolicy(policy: Policy) {
  return { ...policy, moves: { register: movesOf('register') } };
}

/** The limits of a workspace's life that schedules act on. Times are seconds. */
export const LIFECYCLE_POLICY = {
  /** Launches, starts and reboots in a row, without `healthySeconds` online between them, before a workspace fails. */
  maxAttempts: 5,
  healthySeconds: 600,
} as const;
