import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { bundleAgent } from '../../../infra/agent/bundle.ts';
import { type Surroundings, startSurroundings } from './agent-process.ts';

/** Gives every test of a file surroundings of its own, and the file one bundle. Call it at the top of the file. */
export function useBundledAgent(): () => Surroundings {
  let folder = '';
  let bundle = '';
  let current: Surroundings | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-bundle-'));
    bundle = await bundleAgent(join(folder, 'agent.cjs'));
  });
  beforeEach(async () => {
    current = await startSurroundings(bundle);
  });
  afterEach(async () => {
    await current?.stop();
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  return () => {
    if (current === undefined) throw new Error('there are surroundings only inside a test');
    return current;
  };
}
