import * as z from 'zod/mini';
import { type PlanAction, planAction } from './plan.ts';
import type { InstalledPlugin } from './plugins.ts';
import type { beatPolicy, registerPolicy } from './policy.ts';
import { STATUSES } from './status.ts';
import type { TokenClaims } from './tokens.ts';

/** What a runtime's own voice (register, heartbeat) tells the store, and what the store answers. */
export type Beat = {
  /** Share of failed work since the last beat, 0 to 1. */
  readonly error_rate: number;
  readonly sample_error?: string | undefined;
  readonly active_tasks: number;
  readonly uptime_seconds: number;
  readonly current_task?: string | undefined;
  /** Cents this month; 0 or absent means no news. */
  readonly monthly_spend?: number | undefined;
  readonly runtime_state: '' | 'wedged';
  readonly capabilities?: readonly string[] | undefined;
  readonly plugins?: readonly InstalledPlugin[] | undefined;
};

export type Registration = {
  readonly boot_id?: string | undefined;
  readonly url?: string | undefined;
  readonly agent_card?: Readonly<Record<string, unknown>> | undefined;
  readonly agent_version?: string | undefined;
  readonly capabilities?: readonly string[] | undefined;
  readonly plugins?: readonly InstalledPlugin[] | undefined;
};

export type HeartbeatRecord = {
  readonly claims: TokenClaims;
  readonly beat: Beat;
  readonly requestId: string;
  readonly policy: ReturnType<typeof beatPolicy>;
};

export type RegisterRecord = {
  readonly claims: TokenClaims;
  readonly registration: Registration;
  readonly requestId: string;
  readonly policy: ReturnType<typeof registerPolicy>;
};

/** The token's generation or version is no longer the row's, or there is no such row: nothing was written. */
export const refusal = z.object({ refused: z.literal('unauthorized') });

const voiceAnswer = z.object({
  workspace_status: z.enum(STATUSES),
  generation: z.int(),
  /** Whether this call left work for reconcile that should be done now rather than by its schedule. */
  reconcile_due: z.boolean(),
  next_heartbeat_in_s: z.number().check(z.positive()),
});

/** What is recorded of a beat; the actions of a large plan are null, and read on their own. */
export const recordedBeat = z.extend(voiceAnswer, {
  plan: z.nullable(z.object({ plan_id: z.string(), actions: z.nullable(z.array(planAction)) })),
});

export const registerAnswer = z.extend(voiceAnswer, { token_version: z.int() });

export type HeartbeatAnswer = Omit<z.infer<typeof recordedBeat>, 'plan'> & {
  readonly plan: { readonly plan_id: string; readonly actions: readonly PlanAction[] } | null;
};
export type RegisterAnswer = z.infer<typeof registerAnswer>;
