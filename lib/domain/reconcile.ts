import type { Plan, ReportedPlugin, WantedPlugin } from './plan.ts';

/** What a reconcile holds while its lease lasts: the declaration and what this boot has reported of it. */
export type ClaimedReconcile = {
  readonly workspaceId: string;
  /** Fences every later write of this reconcile. */
  readonly lease: string;
  /** The request that is answered when all is there: later ones stay owed. */
  readonly claimed: number;
  /** What it came to be owed for: the event, or installed_changed for a report that differs from the one before. */
  readonly because: string | null;
  readonly generation: number;
  readonly bootId: string | null;
  readonly declarationVersion: number;
  readonly declared: readonly WantedPlugin[];
  readonly installed: readonly ReportedPlugin[];
  /** Whether this boot says what it has installed: one that never does is done when the plan was handed over. */
  readonly reportsPlugins: boolean;
  /** The plan that is stored, and whether the runtime has spoken again since a heartbeat has carried it. */
  readonly storedPlanId: string | null;
  readonly storedPlanHanded: boolean;
  /** What the stored plan, if it is of this declaration, has to do with. */
  readonly storedNames: readonly string[] | null;
};

/** What the history is told of a plan or its end; a few KiB at most. */
export type ReconcileEvidence = Readonly<Record<string, unknown>>;

/** One plugin that is no longer as it had been reconciled; null: not there, or not declared. */
export type Drift = { readonly name: string; readonly declared: string | null; readonly reported: string | null };

export type PlanInput = {
  readonly claim: ClaimedReconcile;
  readonly plan: Plan;
  readonly evidence: ReconcileEvidence;
  readonly drift: readonly Drift[];
  readonly requestId: string;
};

export type CompletionInput = {
  readonly claim: ClaimedReconcile;
  readonly evidence: ReconcileEvidence;
  readonly requestId: string;
};

/** Whether something else is asked of the workspace since the claim. */
export type Settled = { readonly owed: boolean };

/**
 * What has drifted: what a plan has to mend, where all had been there and only a report says otherwise; while a plan is
 * under way, what it had not to install and is to be installed by now.
 */
export function driftOf(claim: ClaimedReconcile, plan: Plan): Drift[] {
  const { because, storedPlanId, storedNames, declared, installed } = claim;
  const begun = storedPlanId !== null;
  if (begun ? storedNames === null : because !== 'installed_changed') return [];
  const actions = plan.actions.filter(
    ({ action, name }) => !begun || (action === 'install' && !storedNames?.includes(name)),
  );
  const versionIn = (plugins: readonly { name: string; version: string | null }[], name: string) =>
    plugins.find((plugin) => plugin.name === name)?.version ?? null;
  return actions.map(({ name }) => ({
    name,
    declared: versionIn(declared, name),
    reported: versionIn(installed, name),
  }));
}

/** Asks for a reconcile of one workspace to be run soon, apart from the caller. */
export type ReconcileRequester = {
  /** Never throws: a request that is lost is found by reconcile's schedule. Failures are logged and counted. */
  request(workspaceId: string): Promise<void>;
};
