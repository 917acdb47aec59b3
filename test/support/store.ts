import type { Database } from '../../lib/adapters/rds-data/database.ts';
import { archiveStore } from '../../lib/adapters/rds-data/stores/archive.ts';
import { commandsStore } from '../../lib/adapters/rds-data/stores/commands.ts';
import { convergeStore } from '../../lib/adapters/rds-data/stores/converge.ts';
import { declarationStore } from '../../lib/adapters/rds-data/stores/declaration.ts';
import { heartbeatStore } from '../../lib/adapters/rds-data/stores/heartbeat.ts';
import { hintStore } from '../../lib/adapters/rds-data/stores/hint.ts';
import { livenessStore } from '../../lib/adapters/rds-data/stores/liveness.ts';
import { orphansStore } from '../../lib/adapters/rds-data/stores/orphans.ts';
import { provisionStore } from '../../lib/adapters/rds-data/stores/provision.ts';
import { readyStore } from '../../lib/adapters/rds-data/stores/ready.ts';
import { reconcileStore } from '../../lib/adapters/rds-data/stores/reconcile.ts';
import { registerStore } from '../../lib/adapters/rds-data/stores/register.ts';
import { stateStore } from '../../lib/adapters/rds-data/stores/state.ts';
import { sweepStore } from '../../lib/adapters/rds-data/stores/sweep.ts';
import { workspacesStore } from '../../lib/adapters/rds-data/stores/workspaces.ts';

/** All functions' stores in one: what a test does beside the function that it is about. */
export const createStore = (database: Database) => ({
  ...archiveStore(database),
  ...commandsStore(database),
  ...convergeStore(database),
  ...declarationStore(database),
  ...heartbeatStore(database),
  ...hintStore(database),
  ...livenessStore(database),
  ...orphansStore(database),
  ...provisionStore(database),
  ...readyStore(database),
  ...reconcileStore(database),
  ...registerStore(database),
  ...stateStore(database),
  ...sweepStore(database),
  ...workspacesStore(database),
});
