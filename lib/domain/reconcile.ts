import type { PlanAction } from './plan.ts';
import type { DeclaredPlugin, InstalledPlugin } from './plugins.ts';

/** What a reconcile holds while its lease lasts: the declaration and what this boot has reported of it. */
export type ClaimedReconcile = {
  readonly workspaceId: string;
  /** Fences every later write of this reconcile. */
  readonly lease: string;
  /** The request that is answered when all is there: later ones stay owed. */
  readonly claimed: number;
  readonly generation: number;
  readonly bootId: string | null;
  readonly declarationVersion: number;
  readonly declared: readonly DeclaredPlugin[];
  readonly installed: readonly Pick<InstalledPlugin, 'name' | 'version'>[];
  /** Whether this boot says what it has installed: one that never does is done when the plan was handed over. */
  readonly reportsPlugins: boolean;
  /** The plan that is stored, and whether a heartbeat has carried it. */
  readonly storedPlanId: string | null;
  readonly storedPlanHanded: boolean;
};

export type PlanInput = {
  readonly claim: ClaimedReconcile;
  readonly planId: string;
  readonly actions: readonly PlanAction[];
  readonly requestId: string;
};

export type CompletionInput = {
  readonly claim: ClaimedReconcile;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly requestId: string;
};

/** Asks for a reconcile of one workspace to be run soon, apart from the caller. */
export type ReconcileRequester = {
  /** Never throws: a request that is lost is found by reconcile's schedule. Failures are logged and counted. */
  request(workspaceId: string): Promise<void>;
};
