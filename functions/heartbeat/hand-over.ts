import type { ArtefactLinks, PlanAction } from '../../lib/domain/plan.ts';
import type { HeartbeatAnswer } from '../../lib/domain/voice.ts';

type Ports = {
  readonly links: ArtefactLinks;
  /** Tells an operator of a plan that could not be handed over. */
  readonly unsigned: (error: unknown) => void;
};

type StoredPlan = NonNullable<HeartbeatAnswer['plan']>;

/**
 * A plan as its runtime gets it: with links that are good from now on, so that one which has run out is renewed by the
 * next beat. Where none can be signed the runtime is told nothing new, and its beat counts all the same.
 */
export function createHandOver({ links, unsigned }: Ports) {
  const linked = async (action: PlanAction): Promise<PlanAction> =>
    action.action === 'install' ? { ...action, url: await links.linkTo(action.url) } : action;

  return async ({ plan_id, actions }: StoredPlan): Promise<StoredPlan | undefined> => {
    try {
      return { plan_id, actions: await Promise.all(actions.map(linked)) };
    } catch (error) {
      unsigned(error);
      return undefined;
    }
  };
}
