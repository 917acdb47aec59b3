import { type Backoff, delayBeforeRetry, type Random } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { Doorbell } from './doorbell.ts';
import type { Log } from './log.ts';
import type { Applier } from './plugins/apply.ts';
import { reactionTo, type Unreachable } from './reaction.ts';
import type { Refusal } from './registry-answers.ts';
import type { RegistryClient } from './registry-client.ts';
import type { Kept, TokenStore } from './token-store.ts';
import type { Bootstrap } from './user-data.ts';
import { AGENT_VERSION } from './version.ts';

/** How a paused or hibernated runtime waits where the refusal does not say how long. */
const STATE_PACE_MS = 30_000;
const CALL_BACKOFF: Backoff = { baseMs: 1_000, capMs: 300_000 };

export type AgentPorts = {
  readonly bootstrap: Bootstrap;
  readonly bootId: string;
  readonly credentials: Credentials;
  readonly tokenStore: TokenStore;
  readonly client: RegistryClient;
  readonly applier: Applier;
  /** Rung when there is something to report before the next beat is due. */
  readonly doorbell: Doorbell;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

/** Why the agent ended: the workspace was removed for good, or it was told to stop. */
export type Ending = 'removed' | 'stopped';

type Phase = 'register' | 'beat' | 'poll_state';
/** The next call, and how long to wait before it; `early`: unless there is something to report sooner. */
type Wait = { readonly phase: Phase; readonly afterMs: number; readonly early?: boolean };
type Next = Wait | 'removed';

/** Registers and beats until the workspace is removed or `stop` is aborted. Never throws for what the registry does. */
export async function runAgent(ports: AgentPorts, stop: AbortSignal): Promise<Ending> {
  const { bootstrap, credentials, client, applier, clock, log } = ports;
  const startedAt = clock.now();
  let failures = 0;
  let refusals = 0;
  let statePaceMs = STATE_PACE_MS;
  let lastStatus: string | undefined;

  function succeeded(status: string): void {
    failures = 0;
    if (status !== lastStatus) log('workspace.status', { status });
    lastStatus = status;
  }

  function backOff(retryAfterMs?: number): number {
    failures += 1;
    return delayBeforeRetry(failures - 1, CALL_BACKOFF, ports.random, retryAfterMs);
  }

  /** What follows a failed call, except the 401 of a register, which first tries the other token. */
  function afterFailure(phase: Phase, failure: Refusal | Unreachable): Next {
    const reaction = reactionTo(failure);
    const retryAfterMs = failure.kind === 'refused' ? failure.retryAfterMs : undefined;
    const next = ((): Next => {
      switch (reaction) {
        case 'end':
          return 'removed';
        case 'poll_state':
          statePaceMs = retryAfterMs ?? STATE_PACE_MS;
          return { phase: 'poll_state', afterMs: jittered(statePaceMs) };
        case 'register_again':
          return registerAgain(retryAfterMs);
        case 'back_off':
          return { phase, afterMs: backOff(retryAfterMs) };
      }
    })();
    const fields = { reason: failure.reason, reaction, retry_in_ms: next === 'removed' ? undefined : next.afterMs };
    log(`${phase}.failed`, fields);
    return next;
  }

  /** At once, but only once: a registry that keeps refusing the tokens it hands out is asked ever more slowly. */
  function registerAgain(retryAfterMs: number | undefined): Next {
    refusals += 1;
    if (refusals === 1) return { phase: 'register', afterMs: 0 };
    credentials.forgive();
    return { phase: 'register', afterMs: backOff(retryAfterMs) };
  }

  /** ±10 %, so that a fleet paused in one moment does not ask in one moment for ever. */
  function jittered(ms: number): number {
    return Math.round(ms * (0.9 + 0.2 * ports.random()));
  }

  async function register(): Promise<Next> {
    const body = {
      id: bootstrap.workspaceId,
      boot_id: ports.bootId,
      agent_version: AGENT_VERSION,
      plugins: await applier.report(),
    };
    for (const { kind, token } of credentials.candidates()) {
      const answer = await client.register(token, body, stop);
      if (answer.kind === 'ok') {
        credentials.renewed(answer.body.auth_token);
        await keep({ authToken: answer.body.auth_token, heartbeatUrl: answer.body.heartbeat_url });
        log('registered', { with: kind, next_heartbeat_in_s: answer.body.next_heartbeat_in_s });
        succeeded(answer.body.workspace_status);
        return { phase: 'beat', afterMs: answer.body.next_heartbeat_in_s * 1000 };
      }
      if (reactionTo(answer) !== 'register_again') return afterFailure('register', answer);
      credentials.refused(kind);
      log('register.refused', { with: kind, reason: answer.reason });
    }
    credentials.forgive();
    const afterMs = backOff();
    log('register.failed', { reason: 'every token was refused', reaction: 'back_off', retry_in_ms: afterMs });
    return { phase: 'register', afterMs };
  }

  async function keep(kept: Kept): Promise<void> {
    try {
      await ports.tokenStore.write(bootstrap, kept);
    } catch (error) {
      // Memory still has it; only a restart would have to fall back to the bootstrap token.
      log('token.not_kept', { reason: error instanceof Error ? error.message : 'unknown' });
    }
  }

  async function beat(): Promise<Next> {
    const token = credentials.runtimeToken();
    if (token === undefined) return { phase: 'register', afterMs: 0 };
    ports.doorbell.clear();
    const planId = applier.planId();
    const body = {
      workspace_id: bootstrap.workspaceId,
      error_rate: 0,
      active_tasks: 0,
      uptime_seconds: Math.floor((clock.now() - startedAt) / 1000),
      plugins: await applier.report(),
      ...(planId === undefined ? {} : { plan_id: planId }),
    };
    const answer = await client.heartbeat(token, body, stop);
    if (answer.kind !== 'ok') {
      if (reactionTo(answer) === 'register_again') credentials.refused('runtime');
      return afterFailure('beat', answer);
    }
    refusals = 0;
    succeeded(answer.body.workspace_status);
    applier.accept(answer.body.plan);
    return { phase: 'beat', afterMs: answer.body.next_heartbeat_in_s * 1000, early: true };
  }

  async function pollState(): Promise<Next> {
    const token = credentials.runtimeToken() ?? bootstrap.bootstrapToken;
    const answer = await client.state(token, bootstrap.workspaceId, stop);
    if (answer.kind !== 'ok') return afterFailure('poll_state', answer);
    const { status, paused, deleted } = answer.body;
    succeeded(status);
    if (deleted || status === 'removed') return 'removed';
    if (paused || status === 'paused' || status === 'hibernated') {
      return { phase: 'poll_state', afterMs: jittered(statePaceMs) };
    }
    return { phase: 'beat', afterMs: 0 };
  }

  const run = { register, beat, poll_state: pollState };
  let next: Wait = { phase: 'register', afterMs: 0 };
  while (true) {
    if (next.afterMs > 0) {
      if (next.early === true) await ports.doorbell.wait(next.afterMs, stop);
      else await clock.sleep(next.afterMs, stop);
    }
    if (stop.aborted) return 'stopped';
    const step: Next = await run[next.phase]();
    if (step === 'removed') return 'removed';
    next = step;
  }
}
