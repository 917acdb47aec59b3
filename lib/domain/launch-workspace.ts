import { StoreUnavailable } from './errors.ts';
import type { Launch, LaunchedInstance, LaunchSpec } from './launch.ts';
import { LaunchRefused, LaunchSpent, LaunchUnknown } from './launch.ts';
import type { InstanceOperator } from './operation.ts';
import type { Status } from './status.ts';
import type { Tokens } from './tokens.ts';
import { bootstrapPart } from './user-data.ts';
import type { By, DisownInput, FinaliseInput } from './workspace.ts';

/** The generation that is to have an instance. */
export type LaunchTarget = {
  readonly registryId: string;
  readonly workspaceId: string;
  readonly generation: number;
  readonly tokenVersion: number;
  readonly name: string;
  readonly spec: LaunchSpec;
  /** Whether it may have been launched already. */
  readonly resumed: boolean;
};

/**
 * What became of a launch. refused: nothing was started. deferred: the fleet launches too fast now. spent: the
 * generation's instance is dead already. unknown: it may have been started, or be recorded; nothing was ended.
 * not_finalised: it was started, could not be recorded, is nobody's, and its teardown was requested.
 */
export type LaunchOutcome =
  | { readonly kind: 'launched'; readonly instanceId: string; readonly status: Status }
  | { readonly kind: 'refused'; readonly error: LaunchRefused }
  | { readonly kind: 'deferred' }
  | { readonly kind: 'spent'; readonly instanceId: string }
  | { readonly kind: 'unknown'; readonly error: Error }
  | { readonly kind: 'not_finalised'; readonly instanceId: string; readonly error: Error };

export type LaunchPorts = {
  readonly store: {
    takeLaunchSlot(rate: { perSecond: number; burst: number }): Promise<unknown>;
    finaliseLaunch(input: FinaliseInput): Promise<{ status: Status } | undefined>;
    disownInstance(input: DisownInput): Promise<{ kept: boolean; status: Status } | undefined>;
  };
  readonly tokens: Pick<Tokens, 'sign'>;
  readonly launch: Launch;
  readonly operator: InstanceOperator;
  readonly settings: {
    readonly registryUrl: string;
    /** What EC2 refills, fleet-wide, and how many launches may come at once. */
    readonly launchesPerSecond: number;
    readonly launchBurst: number;
  };
  readonly pause: (ms: number) => Promise<void>;
  /** Tells an operator of an instance that nobody may know of. */
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
};

type Options = By & {
  /** Whether a workspace whose instance cannot be recorded fails; else its launch stays owed. */
  readonly fail: boolean;
  /** Milliseconds to wait for one of the fleet's launches. */
  readonly patienceMs: number;
};

/** Launches a generation's instance and records it: the one way in which an instance comes to be. */
export function createLaunchWorkspace(ports: LaunchPorts) {
  const { store, tokens, launch, settings } = ports;

  const slotFree = async (patienceMs: number): Promise<boolean> => {
    const rate = { perSecond: settings.launchesPerSecond, burst: settings.launchBurst };
    const betweenMs = 1_000 / settings.launchesPerSecond;
    for (let waitedMs = 0; ; waitedMs += betweenMs) {
      if ((await store.takeLaunchSlot(rate)) !== undefined) return true;
      if (waitedMs + betweenMs > patienceMs) return false;
      await ports.pause(betweenMs);
    }
  };

  /** @throws nothing: what went wrong is the outcome */
  return async (target: LaunchTarget, options: Options): Promise<LaunchOutcome> => {
    try {
      if (!(await slotFree(options.patienceMs))) return { kind: 'deferred' };
      const { workspaceId, generation } = target;
      const bootstrap = bootstrapPart({
        registry_url: settings.registryUrl,
        workspace_id: workspaceId,
        generation,
        bootstrap_token: await tokens.sign({
          sub: workspaceId,
          gen: generation,
          ver: target.tokenVersion,
          kind: 'bootstrap',
        }),
      });
      return await launch({ ...target, bootstrap }, (instance) => finalised(ports, target, instance, options));
    } catch (error) {
      if (error instanceof LaunchRefused) return { kind: 'refused', error };
      if (error instanceof LaunchSpent) return { kind: 'spent', instanceId: error.instanceId };
      return { kind: 'unknown', error: error instanceof LaunchUnknown ? error : asError(error) };
    }
  };
}

async function finalised(
  ports: LaunchPorts,
  { workspaceId, generation }: LaunchTarget,
  instance: LaunchedInstance,
  { fail, actor, requestId }: Options,
): Promise<LaunchOutcome> {
  const { store, operator, report } = ports;
  const { instanceId } = instance;
  const of = { workspaceId, generation, actor, requestId };
  let refused: Error;
  try {
    const row = await store.finaliseLaunch({ ...of, instance });
    if (row !== undefined) return { kind: 'launched', instanceId, status: row.status };
    refused = new Error('the workspace is removed, has moved on, or has another instance');
  } catch (error) {
    // Whether it was committed is not known: ending the instance could end one that is recorded.
    if (error instanceof StoreUnavailable) return { kind: 'unknown', error };
    refused = asError(error);
  }
  report('a launched instance could not be recorded', { workspaceId, generation, instanceId, error: refused });
  try {
    const disowned = await store.disownInstance({ ...of, instanceId, error: refused.message.slice(0, 300), fail });
    if (disowned?.kept) return { kind: 'launched', instanceId, status: disowned.status };
  } catch (error) {
    report('it is not known whose a launched instance is; it is left to the orphan sweep', { instanceId, error });
    return { kind: 'unknown', error: refused };
  }
  const answer = (await operator.operate('terminate', [instanceId])).get(instanceId);
  if (answer?.kind !== 'asked') {
    report('a teardown failed; the orphan sweep ends the instance', { workspaceId, instanceId, answer });
  }
  return { kind: 'not_finalised', instanceId, error: refused };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
