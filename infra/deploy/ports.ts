import type { MigrationFile } from '../migrations/files.ts';
import type { RolloutDatabase } from './database.ts';
import type { Framework } from './framework.ts';
import type { Processes } from './processes.ts';
import type { Source } from './source.ts';
import type { Stacks } from './stacks.ts';

/** What a rollout works with; each is one thing outside of it. */
export type Ports = {
  /** The checkout that runs this. */
  readonly root: string;
  /** A folder of this run's own, which goes with it. */
  readonly scratch: string;
  readonly source: Source;
  readonly processes: Processes;
  readonly framework: Framework;
  readonly stacks: Stacks;
  readonly database: RolloutDatabase;
  readonly migrationFiles: (root: string) => Promise<readonly MigrationFile[]>;
  /** Packages and checks the checkout's templates. @throws Error when something is found */
  readonly check: () => Promise<unknown>;
  /** Whether the first signing key was put. */
  readonly ensureTokenKeys: (secretArn: string) => Promise<boolean>;
  /** Takes away the limits of routes that an API has no more. @returns their keys */
  readonly forgetGoneRoutes: (apiId: string) => Promise<readonly string[]>;
  readonly untilReady: (url: string, expected: { readonly sha: string; readonly schema: string }) => Promise<void>;
  readonly runningSha: (url: string) => Promise<string | undefined>;
  readonly smokeTest: (url: string) => Promise<void>;
  readonly recentErrors: () => Promise<readonly string[]>;
  readonly say: (line: string) => void;
  /** Aborted when the whole has to end. */
  readonly over: AbortSignal;
};
