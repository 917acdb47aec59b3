import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { bundleAgent } from '../../../infra/agent/bundle.ts';
import { type Surroundings, startSurroundings } from './agent-process.ts';

/** Bundles the agent once for a test file. The result gives the bundle's path, inside tests and later hooks. */
export function useBundle(): () => string {
  let folder = '';
  const outfile = (): string => join(folder, 'agent.cjs');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-bundle-'));
    await bundleAgent(outfile());
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  return outfile;
}

/**
 * A `test` whose every run has surroundings of its own for an agent, so that tests can run side by side. They take
 * `expect` from their context: vitest's global one does not know which of them asks, and its `poll` then throws.
 */
export function testWithAgent() {
  const bundle = useBundle();
  return test.extend<{ surroundings: Surroundings }>({
    surroundings: async ({ onTestFinished }, use) => {
      const surroundings = await startSurroundings(bundle());
      onTestFinished(surroundings.stop);
      await use(surroundings);
    },
  });
}
