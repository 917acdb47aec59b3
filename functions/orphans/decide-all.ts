import { batchesOf } from '../../lib/domain/batches.ts';
import { decideOrphan, type OrphanDecision, readTags } from '../../lib/domain/orphan.ts';
import type { InstanceLister, TaggedInstance } from '../../lib/domain/orphan-listing.ts';
import { settleRivals } from '../../lib/domain/orphan-rivals.ts';
import type { OrphanStore } from '../../lib/domain/orphan-store.ts';
import { AT_ONCE } from './run.ts';

/**
 * Every living instance of the registry, each once, though EC2's pages may repeat one.
 * @throws what the lister throws, before anything was concluded
 */
export async function listAll(lister: InstanceLister, registryId: string): Promise<TaggedInstance[]> {
  const listed = new Map<string, TaggedInstance>();
  for await (const page of lister.listRegistered(registryId)) {
    for (const instance of page) listed.set(instance.instanceId, instance);
  }
  return [...listed.values()];
}

/** Holds the listed instances against the rows, which are read after EC2: what was launched before it has its row. */
export async function decideAll(
  store: Pick<OrphanStore, 'readOwners'>,
  instances: readonly TaggedInstance[],
): Promise<OrphanDecision[]> {
  const decisions: OrphanDecision[] = [];
  for (const batch of batchesOf(instances, AT_ONCE)) {
    const tagged = batch.map((instance) => ({ instance, tags: readTags(instance) }));
    const rows = tagged.map(({ instance, tags }) => ({
      instance_id: instance.instanceId,
      workspace_id: tags.workspaceId,
      generation: tags.generation,
    }));
    const owners = new Map((await store.readOwners({ rows })).map((owner) => [owner.instanceId, owner]));
    for (const { instance, tags } of tagged) {
      const owner = owners.get(instance.instanceId);
      if (owner === undefined) throw new Error(`the registry did not answer about ${instance.instanceId}`);
      decisions.push(decideOrphan(instance, tags, owner));
    }
  }
  return settleRivals(decisions);
}
