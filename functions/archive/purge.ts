import type { PurgeStore } from '../../lib/domain/retention.ts';

/** Rows a statement: a lock on more would hold up the calls beside it. */
const AT_ONCE = 1_000;

/** Forgets what is of no use any more, a statement for each kind, repeated while it is full and the run has time. */
export async function purge(store: PurgeStore, timeLeftMs: () => number) {
  const whileFull = async (statement: PurgeStore[keyof PurgeStore]) => {
    let forgotten = 0;
    let full = true;
    while (full && timeLeftMs() > 0) {
      const { length } = await statement({ limit: AT_ONCE });
      forgotten += length;
      full = length === AT_ONCE;
    }
    return forgotten;
  };
  return {
    plans: await whileFull(store.purgePlans),
    sightings: await whileFull(store.purgeSightings),
    hints: await whileFull(store.purgeHints),
    installed_plugins: await whileFull(store.purgeInstalledPlugins),
  };
}
