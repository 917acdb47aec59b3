import type { Plan } from '../../lib/domain/plan.ts';
import type { ReconcileEvidence } from '../../lib/domain/reconcile.ts';

/** Actions that the history names: a longer plan is told by its counts. */
const NAMED = 50;

/** What the history is told of a plan: what is to be done, without links and configurations. */
export function evidenceOf({ actions }: Plan, { foundBy }: { foundBy: 'invoke' | 'schedule' }): ReconcileEvidence {
  return {
    found_by: foundBy,
    installs: actions.filter(({ action }) => action === 'install').length,
    removes: actions.filter(({ action }) => action === 'remove').length,
    actions: actions
      .slice(0, NAMED)
      .map((action) =>
        action.action === 'install'
          ? { action: action.action, name: action.name, version: action.version }
          : { action: action.action, name: action.name },
      ),
  };
}
