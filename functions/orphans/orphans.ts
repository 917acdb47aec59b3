import { batchesOf } from '../../lib/domain/batches.ts';
import type { Count } from '../../lib/domain/metrics.ts';
import type { InstanceOperator } from '../../lib/domain/operation.ts';
import type { OrphanDecision } from '../../lib/domain/orphan.ts';
import type { InstanceLister } from '../../lib/domain/orphan-listing.ts';
import type { OrphanStore } from '../../lib/domain/orphan-store.ts';
import { adoptAll } from './adopt-all.ts';
import { decideAll, listAll } from './decide-all.ts';
import { AT_ONCE, type Run } from './run.ts';
import { terminateAll } from './terminate-all.ts';

type Ports = {
  readonly store: OrphanStore;
  readonly lister: InstanceLister;
  readonly operator: InstanceOperator;
  readonly count: Count;
};

/** Terminations a run: so many, or this share of what EC2 lists; more is a mistake of ours until a person has looked. */
const TERMINATIONS = 5;
const TERMINATIONS_SHARE = 0.1;

const DECISIONS_ANSWERED = 1_000;

/**
 * Finds the instances that no row believes in, from EC2's own list: what the rows have lost is adopted, what is proved
 * to be superseded is ended, of the rest an operator hears. Only what two runs in a row saw is acted upon.
 */
export function createOrphans({ store, lister, operator, count }: Ports) {
  /** Which decisions an earlier run came to as well; writes this run's, and forgets those that it did not confirm. */
  const confirmed = async (decisions: readonly OrphanDecision[], listed: boolean, { run, actor, requestId }: Run) => {
    const seen = decisions.map(({ instance }) => instance.instanceId);
    await store.forgetSightings({ seen, listed, actor, requestId });
    const again = new Set<string>();
    for (const batch of batchesOf(decisions, AT_ONCE)) {
      const sightings = await store.recordSightings({ run, rows: batch.map(sightingOf) });
      for (const sighting of sightings) if (sighting.sightings > 1) again.add(sighting.instanceId);
    }
    return decisions.filter(({ instance }) => again.has(instance.instanceId));
  };

  /**
   * @param dryRun answers what would be done; writes nothing, and asks EC2 for nothing but its list
   * @throws what the lister throws, before anything is done; AggregateError with adoptions that failed, after the rest
   */
  return async ({ dryRun, ...context }: Omit<Run, 'actor'> & { readonly dryRun: boolean }) => {
    const run: Run = { ...context, actor: 'orphans' };
    const { registryId } = await store.readRegistry({});
    const instances = await listAll(lister, registryId);
    const decisions = (await decideAll(store, instances)).filter(({ action }) => action !== 'leave');
    const due = dryRun
      ? decisions.filter(({ action, sighted }) => action === sighted)
      : await confirmed(decisions, instances.length > 0, run);

    const adoptions = due.filter(({ action }) => action === 'adopt');
    const wanted = due.filter(({ action }) => action === 'terminate');
    const tooMany = wanted.length > Math.max(TERMINATIONS, Math.floor(instances.length * TERMINATIONS_SHARE));
    const terminations = tooMany ? [] : wanted;
    const summary = {
      dry_run: dryRun,
      seen: instances.length,
      held: tooMany ? wanted.length : 0,
      alarms: due.filter(({ alarms }) => alarms).length + (tooMany ? 1 : 0),
      adopted: adoptions.length,
      terminated: terminations.length,
      decisions: decisions.slice(0, DECISIONS_ANSWERED).map(answerOf),
    };
    if (dryRun) return summary;

    // Counted before anything is done, so that a run that fails is heard of all the same.
    count('OrphanAlarm', summary.alarms);
    count('OrphansHeld', summary.held);
    const { adopted, failures } = await adoptAll(store, adoptions, run);
    const { terminated, refused } = await terminateAll({ store, operator }, terminations, run);
    count('OrphanAlarm', refused);
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} adoptions failed`);
    return { ...summary, alarms: summary.alarms + refused, adopted, terminated };
  };
}

function sightingOf({ instance, workspaceId, generation, rowGeneration, action, reason }: OrphanDecision) {
  const { instanceId, state, zone, launchedAt } = instance;
  const facts = { ec2_state: state, availability_zone: zone, launched_at: launchedAt };
  return {
    ...{ instance_id: instanceId, workspace_id: workspaceId, generation, action, reason },
    evidence: { ...facts, tag_generation: generation, row_generation: rowGeneration },
  };
}

function answerOf({ instance, workspaceId, generation, action, reason }: OrphanDecision) {
  return { instance_id: instance.instanceId, workspace_id: workspaceId, generation, action, reason };
}
