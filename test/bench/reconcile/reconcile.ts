import { ClearError, type Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { type Figure, percentile, rounded } from '../figures.ts';
import { countReconciled } from './reconciled.ts';
import { type Registry, startRegistry } from './registry.ts';
import { create, live } from './runtime.ts';

const SMALL = 100;
const LARGE = 1_000;
/** What a runtime beats at most before it gives up. */
const BEATS = 60;
const CREATED_AT_ONCE = 16;

type Calls = Registry['calls'];
type Wave = {
  readonly fleet: number;
  /** Workspaces that the registry knows to have what is declared. */
  readonly reconciled: number;
  readonly installed: readonly number[];
  readonly calls: Calls;
  readonly seconds: number;
};

/**
 * Workspaces that come online at once: how long until each has its plugin, and what that costs the database.
 * @throws ClearError where the registry does not take them all for reconciled
 */
export async function reconcile(lifetime: Lifetime): Promise<Figure[]> {
  const registry = await startRegistry(lifetime);
  const small = await wave(registry, SMALL);
  const large = await wave(registry, LARGE);
  const grown = (calls: keyof Calls) => rounded(large.calls[calls] / LARGE / (small.calls[calls] / SMALL));
  return [
    ...told(small),
    ...told(large),
    {
      name: `statements of reconcile a workspace, ${LARGE} against ${SMALL}`,
      value: grown('ofReconcile'),
      unit: 'ratio',
      budget: 'does not grow with the fleet',
    },
    // A machine that is too slow for the thousand lets them beat while their plans wait, every 2 s for 2 minutes at most.
    { name: `all statements a workspace, ${LARGE} against ${SMALL}`, value: grown('all'), unit: 'ratio' },
  ];
}

async function wave(registry: Registry, fleet: number): Promise<Wave> {
  const ids: string[] = [];
  while (ids.length < fleet) {
    ids.push(...(await Promise.all(Array.from({ length: CREATED_AT_ONCE }, () => create(registry)))));
  }
  const some = ids.slice(0, fleet);
  const before = { ...registry.calls };
  const began = performance.now();
  const times = await Promise.all(some.map((id) => live(registry, id, BEATS)));
  await registry.settled();
  const seconds = (performance.now() - began) / 1_000;
  const installed = times.filter((time) => time !== undefined);
  const { all, ofReconcile } = registry.calls;
  const calls = { all: all - before.all, ofReconcile: ofReconcile - before.ofReconcile };
  const reconciled = await countReconciled(registry.store, some, CREATED_AT_ONCE);
  if (reconciled < fleet) throw new ClearError(`Of ${fleet} workspaces at once ${reconciled} are reconciled`);
  return { fleet, reconciled, installed, calls, seconds };
}

function told({ fleet, reconciled, installed, calls, seconds }: Wave): Figure[] {
  const of = `${fleet} at once`;
  return [
    { name: `${of}: converged`, value: reconciled, unit: 'workspaces', budget: `= ${fleet}` },
    { name: `${of}: register to installed, p50`, value: rounded(percentile(installed, 0.5)), unit: 's' },
    { name: `${of}: register to installed, p99`, value: rounded(percentile(installed, 0.99)), unit: 's' },
    { name: `${of}: all done`, value: rounded(seconds), unit: 's' },
    { name: `${of}: statements of reconcile a workspace`, value: rounded(calls.ofReconcile / fleet, 2), unit: 'calls' },
    { name: `${of}: all statements a workspace`, value: rounded(calls.all / fleet, 2), unit: 'calls' },
  ];
}
