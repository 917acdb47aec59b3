import type { ArtefactLinks, PlanAction } from '../../lib/domain/plan.ts';
import type { HeartbeatAnswer } from '../../lib/domain/voice.ts';

type Ports = {
  readonly links: ArtefactLinks;
  readonly store: { takeBackPlan(key: { workspaceId: string; planId: string }): Promise<unknown> };
  /** Tells an operator of a plan that could not be handed over. */
  readonly unsigned: (error: unknown) => void;
};

type StoredPlan = NonNullable<HeartbeatAnswer['plan']>;

/**
 * A plan as its runtime gets it: with links that are good from now on, so that one which has run out is renewed by the
 * next beat. What cannot be signed keeps its own source, which its runtime reports as failed, alone; then the plan does not
 * count as handed over.
 */
export function createHandOver({ links, store, unsigned }: Ports) {
  const linked = async (action: PlanAction): Promise<{ action: PlanAction; error?: unknown }> => {
    if (action.action === 'remove') return { action };
    try {
      return { action: { ...action, url: await links.linkTo(action.url) } };
    } catch (error) {
      return { action, error };
    }
  };

  return async (workspaceId: string, { plan_id, actions }: StoredPlan): Promise<StoredPlan> => {
    const handed = await Promise.all(actions.map(linked));
    const failure = handed.find(({ error }) => error !== undefined);
    if (failure !== undefined) {
      unsigned(failure.error);
      await store.takeBackPlan({ workspaceId, planId: plan_id }).catch(unsigned);
    }
    return { plan_id, actions: handed.map(({ action }) => action) };
  };
}
