import { rm } from 'node:fs/promises';
import { createLayout, readInPlace } from '../../../infra/agent/plugins/layout.ts';
import type { DeclaredPlugin } from '../../../infra/local/artefacts/start-artefacts.ts';

/** Whether the link `current` leads to the artefact that was declared. @param home the runtime's folder */
export async function isOnDisk(home: string, { name, version, sha256 }: DeclaredPlugin): Promise<boolean> {
  const there = await readInPlace(createLayout(home), name);
  return there?.version === version && there.sha256 === sha256;
}

/** Loses all plugins, as a new disk has none. */
export async function losePlugins(home: string): Promise<void> {
  await rm(createLayout(home).plugins, { recursive: true, force: true, maxRetries: 3 });
}
