import { type Backoff, delayBeforeRetry, type Random } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { describeFailure, LONGEST_REASON } from './failure.ts';
import type { Installer, Outcome } from './install.ts';
import type { Configured } from './layout.ts';
import { type Action, type Plan, readPlan } from './plan.ts';
import { fitReport, type InstalledPlugin } from './report.ts';

const RETRY_BACKOFF: Backoff = { baseMs: 1_000, capMs: 300_000 };
/** Enough that one slow download does not hold up the rest; few enough to leave the runtime its bandwidth. */
const MOST_AT_ONCE = 3;
/** Characters for all reasons of one report together, so that none takes the room of the others' failures. */
const ROOM_FOR_REASONS = 2_048;

export type ApplierPorts = {
  readonly installer: Pick<Installer, 'install' | 'remove'>;
  /** What is in place, by plugin. Throws where that cannot be read. */
  readonly readInPlace: () => Promise<ReadonlyMap<string, Configured>>;
  /** Called when an action has changed or failed, so that it can be reported early. */
  readonly onSettled: () => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

/** Works off plans beside the heartbeats, and knows what to report. */
export type Applier = {
  /** Takes the `plan` of a heartbeat's answer, undefined when it had none; starts what is due and returns at once. */
  accept(plan: unknown): void;
  /** What to tell the registry; undefined where it is not known what is in place, which is not the same as nothing. */
  report(): Promise<InstalledPlugin[] | undefined>;
  /** Id of the plan that the last answer carried. */
  planId(): string | undefined;
  /** Aborts what is under way, and resolves when it has ended. */
  stop(): Promise<void>;
};

type Failure = {
  readonly key: string;
  readonly version: string;
  readonly reason: string;
  readonly attempts: number;
  /** By the clock; before it the same action is not tried again. */
  readonly notBefore: number;
  reported: boolean;
  /** No longer asked for, and has been reported. Its backoff still counts, should it be asked for again. */
  retired: boolean;
};

type Running = { readonly key: string; readonly controller: AbortController; readonly ended: Promise<void> };

export function createApplier(ports: ApplierPorts): Applier {
  const { installer, clock, log } = ports;
  const running = new Map<string, Running>();
  const failures = new Map<string, Failure>();
  let plan: Plan | undefined;
  /** What the last plan asks for and nobody has started. Made anew by every answer, so links in it are fresh. */
  let queue: readonly Action[] = [];
  let stopped = false;

  function fail(name: string, key: string, version: string, reason: string): void {
    const before = failures.get(name);
    const attempts = before?.key === key ? before.attempts + 1 : 1;
    const delayMs = delayBeforeRetry(attempts - 1, RETRY_BACKOFF, ports.random);
    const notBefore = clock.now() + delayMs;
    failures.set(name, { key, version, reason, attempts, notBefore, reported: false, retired: false });
    log('plugin.failed', { name, version, reason, attempts, retry_in_ms: delayMs });
  }

  async function carryOut(action: Action, key: string, stop: AbortSignal): Promise<void> {
    try {
      const outcome: Outcome =
        action.action === 'install' ? await installer.install(action, stop) : await installer.remove(action);
      if (failures.get(action.name)?.key === key) failures.delete(action.name);
      if (outcome === 'already') return;
      log(`plugin.${outcome}`, namesOf(action));
    } catch (error) {
      if (stop.aborted) return;
      fail(action.name, key, await versionOf(action), describeFailure(error));
    }
    ports.onSettled();
  }

  /** The version that an action is about: of a removal, what is still there. */
  async function versionOf(action: Action): Promise<string> {
    if (action.action === 'install') return action.version;
    return (await inPlaceNow())?.get(action.name)?.version ?? 'unknown';
  }

  async function inPlaceNow(): Promise<ReadonlyMap<string, Configured> | undefined> {
    try {
      return await ports.readInPlace();
    } catch (error) {
      log('plugins.unreadable', { reason: describeFailure(error) });
      return undefined;
    }
  }

  function start(action: Action, key: string): void {
    const controller = new AbortController();
    const ended = carryOut(action, key, controller.signal).finally(() => {
      running.delete(action.name);
      startQueued();
    });
    running.set(action.name, { key, controller, ended });
  }

  function startQueued(): void {
    while (!stopped && running.size < MOST_AT_ONCE) {
      const next = queue.find(({ name }) => !running.has(name));
      if (next === undefined) return;
      queue = queue.filter((action) => action !== next);
      start(next, keyOf(next));
    }
  }

  function isDue(action: Action): boolean {
    const key = keyOf(action);
    const failure = failures.get(action.name);
    const current = running.get(action.name);
    // One that this plan does not want has been aborted, and no longer counts though it has not ended yet.
    if (current !== undefined && !current.controller.signal.aborted) return false;
    return failure?.key !== key || clock.now() >= failure.notBefore;
  }

  return {
    accept(value) {
      plan = readPlan(value);
      if (plan === undefined && value !== undefined && value !== null) log('plan.unreadable');
      const wanted = new Map(plan?.actions.map((action) => [action.name, keyOf(action)]));
      for (const { name, version, reason } of plan?.refused ?? []) {
        const key = `refused ${version}`;
        wanted.set(name, key);
        if (failures.get(name)?.key !== key) fail(name, key, version, reason);
      }
      for (const [name, { key, controller }] of running) {
        // An answer without a plan only says that nothing new is asked; one with another plan takes this one back.
        if (plan !== undefined && wanted.get(name) !== key) controller.abort(new Error('superseded by another plan'));
      }
      for (const [name, failure] of failures) {
        failure.retired = wanted.get(name) !== failure.key && (failure.reported || plan !== undefined);
      }
      queue = (plan?.actions ?? []).filter(isDue);
      startQueued();
    },
    async report() {
      const inPlace = await inPlaceNow();
      if (inPlace === undefined) return undefined;
      const told = [...failures.values()].filter(({ retired }) => !retired).length;
      const shownReason = Math.min(LONGEST_REASON, Math.max(1, ROOM_FOR_REASONS / told));
      const shown = new Map<string, InstalledPlugin>();
      for (const [name, configured] of inPlace) shown.set(name, { name, ...configured });
      for (const [name, failure] of failures) {
        const there = inPlace.get(name);
        // The retry of what failed is in place before it has cleaned up and ended: the attempt has not failed any more.
        if (failure.retired || (there !== undefined && failure.key === keyOfInstall(there))) continue;
        failure.reported = true;
        const failed = { version: failure.version, reason: failure.reason.slice(0, shownReason).toWellFormed() };
        shown.set(name, { name, version: null, ...there, failed });
      }
      return fitReport([...shown.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
    },
    planId: () => plan?.planId,
    async stop() {
      stopped = true;
      for (const { controller } of running.values()) controller.abort(new Error('the agent ends'));
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}

/** Not the link: a renewed one is the same action. */
function keyOf(action: Action): string {
  return action.action === 'install' ? keyOfInstall(action) : 'remove';
}

function keyOfInstall({ version, sha256, config_digest }: Configured): string {
  return `install ${version} ${sha256} ${config_digest ?? 'without configuration'}`;
}

/** What the log says of an action: neither its link nor its configuration, which may both be secret. */
function namesOf(action: Action): Record<string, string | undefined> {
  if (action.action === 'remove') return { name: action.name };
  const { name, version, sha256, config_digest } = action;
  return { name, version, sha256, config_digest };
}
