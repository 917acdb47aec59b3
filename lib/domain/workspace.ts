import type { Declaration } from './declaration/document.ts';
import type { LaunchedInstance, LaunchSpec } from './launch.ts';
import type { Status } from './status.ts';

/** What an operator may let Muster do about an instance that is lost, or a runtime that is silent. */
export const RESTART_POLICIES = ['on_instance_loss', 'on_silence', 'never'] as const;
export type RestartPolicy = (typeof RESTART_POLICIES)[number];

/** The runtimes' default time from launch to first word, in seconds. */
export const DEFAULT_BOOT_TIMEOUT_SECONDS = 600;

/** Who does something, and in which call: what every event tells. */
export type By = { readonly actor: string; readonly requestId: string };

export type NewWorkspace = By & {
  readonly id: string;
  readonly name: string;
  readonly runtime: string;
  /** null: an external workspace, whose instances are not ours to start. */
  readonly launch: LaunchSpec | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly restartPolicy: RestartPolicy;
  readonly bootTimeoutSeconds: number;
  readonly idleMinutes: number | null;
  readonly declaration: Declaration | null;
  /** Who launches it, and for how long nobody else does. */
  readonly lease: string;
  readonly leaseSeconds: number;
};

type OfGeneration = By & { readonly workspaceId: string; readonly generation: number };

export type FinaliseInput = OfGeneration & { readonly instance: LaunchedInstance };
export type FailLaunchInput = OfGeneration & { readonly ec2Error: string };
/** `fail`: whether the workspace fails with it; else its launch stays owed. `error`: one line for the history. */
export type DisownInput = OfGeneration & {
  readonly instanceId: string;
  readonly error: string;
  readonly fail: boolean;
};
/** `settleSeconds`: how long EC2's answers may lag behind what it did. */
export type UnknownLaunchInput = OfGeneration & { readonly error: string; readonly settleSeconds: number };

/** Who had a workspace's instance stopped. */
export const STOPPED_BY = ['user', 'muster'] as const;
export type StoppedBy = (typeof STOPPED_BY)[number];

/** A page of workspaces after an id, of those that match every filter that is not null. */
export type ListWorkspacesInput = {
  readonly after: string;
  readonly limit: number;
  readonly statuses: readonly Status[] | null;
  readonly runtime: string | null;
  readonly labels: Readonly<Record<string, string>> | null;
  /** Without a heartbeat for at least so many seconds; one that never beat is stale, whatever its status. */
  readonly staleSeconds: number | null;
};

/** A workspace as operators see it. Times are ISO 8601 in UTC. */
export type WorkspaceView = {
  readonly id: string;
  readonly name: string;
  readonly runtime: string;
  readonly status: Status;
  readonly status_since: string;
  readonly status_reason: string;
  readonly generation: number;
  readonly instance_id: string | null;
  readonly availability_zone: string | null;
  /** A superseded instance that is still to be ended. */
  readonly previous_instance_id: string | null;
  /** Whether its instances are not ours to start. */
  readonly external: boolean;
  /** Whether the instance can be stopped and started again: else a pause ends it. */
  readonly stoppable: boolean;
  /** user: a person stopped the instance, so it is held and not started again. muster: a stop of ours was asked. */
  readonly stopped_by: StoppedBy | null;
  /** What EC2 is owed, since when it was asked, and when it may be asked next. */
  readonly owed_operation: string | null;
  readonly operation_asked_at: string | null;
  readonly next_operation_at: string | null;
  /** Launches, starts and reboots in a row. */
  readonly attempts: number;
  readonly restart_policy: RestartPolicy;
  readonly boot_timeout_seconds: number;
  readonly idle_minutes: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly url: string | null;
  readonly agent_version: string | null;
  readonly last_heartbeat_at: string | null;
  readonly lease_until: string | null;
  readonly error_rate: number | null;
  readonly active_tasks: number;
  /** 0: nothing was ever declared. */
  readonly declaration_version: number;
  /** Whether what is installed is still to be made what is declared; what for and since when, where it is. */
  readonly reconcile_owed: boolean;
  readonly reconcile_because: string | null;
  readonly reconcile_since: string | null;
  readonly plugins: readonly PluginView[];
  readonly created_at: string;
};

/** One plugin on both sides of the truth; `installed_version` only as the present generation and boot reported it. */
export type PluginView = {
  readonly name: string;
  readonly declared_version: string | null;
  readonly installed_version: string | null;
  readonly failed_version: string | null;
  readonly failed_reason: string | null;
};

export type EventView = {
  readonly id: number;
  readonly event: string;
  readonly at: string;
  readonly from_status: Status | null;
  readonly to_status: Status | null;
  readonly reason: string | null;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly owes: string | null;
  readonly actor: string;
  readonly request_id: string | null;
  readonly generation: number;
  readonly instance_id: string | null;
};
