/**
 * Measures what the design has budgets for, on this machine, and keeps the figures in test/bench/results.json.
 *
 *     npm run bench                  all of them
 *     npm run bench -- reconcile     only this one
 *
 * Exit code 0: measured; it is for a reader to hold the figures against their budgets. 1: what was to be measured did not
 * happen, as where workspaces are not reconciled; then its figures are not kept.
 */
import { ClearError, type Lifetime, runLifetime } from '../../infra/local/stack/lifetime.ts';
import { agentMemory } from './agent-memory.ts';
import { bundles } from './bundles/bundles.ts';
import { describeFigure, type Figure, keepFigures } from './figures.ts';
import { heartbeat } from './heartbeat/heartbeat.ts';
import { load } from './load/load.ts';
import { reconcile } from './reconcile/reconcile.ts';
import { sweep } from './sweep/sweep.ts';

const BENCHES: Readonly<Record<string, (lifetime: Lifetime) => Promise<readonly Figure[]>>> = {
  'agent-memory': agentMemory,
  bundles,
  heartbeat,
  load,
  reconcile,
  sweep,
};

process.exitCode = await runLifetime(async (lifetime) => {
  const asked = process.argv.slice(2);
  for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) {
    const bench = BENCHES[name];
    if (bench === undefined) throw new ClearError(`There is no bench ${name}, but ${Object.keys(BENCHES).join(', ')}`);
    console.log(name);
    const figures = await bench(lifetime);
    for (const figure of figures) console.log(`  ${describeFigure(figure)}`);
    await keepFigures(name, figures);
  }
});
process.exit();
