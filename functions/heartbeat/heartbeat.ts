import { Unauthorized } from '../../lib/domain/errors.ts';
import { nextBeatIn } from '../../lib/domain/pace.ts';
import type { Policy } from '../../lib/domain/policy.ts';
import { beatPolicy } from '../../lib/domain/policy.ts';
import type { ReconcileRequester } from '../../lib/domain/reconcile.ts';
import type { Tokens } from '../../lib/domain/tokens.ts';
import type { Beat, HeartbeatAnswer, HeartbeatRecord } from '../../lib/domain/voice.ts';
import type { createHandOver } from './hand-over.ts';

type Ports = {
  readonly tokens: Pick<Tokens, 'verify'>;
  readonly store: { recordHeartbeat(record: HeartbeatRecord): Promise<HeartbeatAnswer> };
  readonly reconcile: ReconcileRequester;
  readonly handOver: ReturnType<typeof createHandOver>;
  readonly policy: Policy;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
};

/**
 * A runtime says that it is still there. One database call, with or without a transition. The body is read only for a
 * caller whose token is right.
 */
export function createHeartbeat({ tokens, store, reconcile, handOver, policy, random, clock }: Ports) {
  const voice = beatPolicy(policy);
  return async (requestId: string, token: string, body: () => Beat & { workspace_id: string }) => {
    const claims = await tokens.verify(token);
    if (claims.kind !== 'runtime') throw new Unauthorized('a bootstrap token is for register only');
    const { workspace_id, ...beat } = body();
    if (workspace_id !== claims.sub) throw new Unauthorized('the token is of another workspace');
    const answer = await store.recordHeartbeat({ claims, beat, requestId, policy: voice });
    if (answer.reconcile_due) await reconcile.request(workspace_id);
    const plan = answer.plan === null ? undefined : await handOver(workspace_id, answer.plan);
    return {
      status: 'ok',
      workspace_status: answer.workspace_status,
      generation: answer.generation,
      next_heartbeat_in_s: nextBeatIn({
        workspaceId: workspace_id,
        paceSeconds: answer.next_heartbeat_in_s,
        fastSeconds: policy.plan_pace_seconds,
        nowMs: clock(),
        random: random(),
      }),
      ...(plan === undefined ? {} : { plan }),
    };
  };
}
