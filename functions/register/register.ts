import { Unauthorized } from '../../lib/domain/errors.ts';
import { nextBeatIn } from '../../lib/domain/pace.ts';
import type { Policy } from '../../lib/domain/policy.ts';
import { registerPolicy } from '../../lib/domain/policy.ts';
import type { ReconcileRequester } from '../../lib/domain/reconcile.ts';
import type { Tokens } from '../../lib/domain/tokens.ts';
import type { RegisterAnswer, RegisterRecord, Registration } from '../../lib/domain/voice.ts';

type Ports = {
  readonly tokens: Tokens;
  readonly store: { recordRegister(record: RegisterRecord): Promise<RegisterAnswer> };
  readonly reconcile: ReconcileRequester;
  readonly policy: Policy;
  /** Where runtimes are to beat, where that is not where they register. */
  readonly heartbeatUrl?: string | undefined;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
};

/**
 * A runtime says that it is there. One database call; what that owes is asked for after its commit. The body is read
 * only for a caller whose token is right.
 */
export function createRegister({ tokens, store, reconcile, policy, heartbeatUrl, random, clock }: Ports) {
  const voice = registerPolicy(policy);
  return async (requestId: string, token: string, body: () => Registration & { id: string }) => {
    const claims = await tokens.verify(token);
    const { id, ...registration } = body();
    if (id !== claims.sub) throw new Unauthorized('the token is of another workspace');
    const answer = await store.recordRegister({ claims, registration, requestId, policy: voice });
    if (answer.reconcile_due) await reconcile.request(id);
    return {
      status: 'registered',
      workspace_status: answer.workspace_status,
      generation: answer.generation,
      next_heartbeat_in_s: nextBeatIn({
        workspaceId: id,
        paceSeconds: answer.next_heartbeat_in_s,
        fastSeconds: policy.plan_pace_seconds,
        nowMs: clock(),
        random: random(),
      }),
      auth_token: await tokens.sign({
        sub: id,
        gen: answer.generation,
        ver: answer.token_version,
        kind: 'runtime',
      }),
      ...(heartbeatUrl === undefined ? {} : { heartbeat_url: heartbeatUrl }),
    };
  };
}
