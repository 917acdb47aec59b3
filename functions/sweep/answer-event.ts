import type * as z from 'zod/mini';
import { createDryRun, type DryRunStore } from './dry-run.ts';
import { createExplain, type ExplainStore } from './explain.ts';
import type { SweepPorts } from './ports.ts';
import type { sweepEvent } from './schema.ts';
import { createSweep } from './sweep.ts';

type Ports = SweepPorts & { readonly store: DryRunStore & ExplainStore };

/** A run of the sweep, or what it would do. */
export function answerEvent(ports: Ports) {
  const sweep = createSweep(ports);
  const dryRun = createDryRun(ports);
  const explain = createExplain(ports);
  return async (
    event: z.output<typeof sweepEvent>,
    run: { requestId: string; timeLeftMs: () => number },
  ): Promise<Readonly<Record<string, unknown>>> => {
    switch (event.ask) {
      case 'run':
        return sweep(run);
      case 'dry_run':
        return dryRun(run);
      case 'explain':
        return explain({ ...run, workspaceId: event.workspaceId });
    }
  };
}
