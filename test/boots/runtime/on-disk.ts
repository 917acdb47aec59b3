import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createLayout, readInPlace } from '../../../infra/agent/plugins/layout.ts';
import type { DeclaredPlugin } from '../../../infra/local/artefacts/start-artefacts.ts';

/** What the stack packs its artefacts from; only the version in this file is each one's own. */
const SOURCES = join(import.meta.dirname, '../../../infra/local/artefacts');
const MANIFEST = 'plugin.json';

const manifest = z.looseObject({ version: z.string() });

/**
 * Whether the link `current` leads to the artefact that was declared, with no configuration, as none is declared, and
 * with every file of the artefact as it was packed.
 * @param home the runtime's folder
 */
export async function isOnDisk(home: string, { name, version, sha256 }: DeclaredPlugin): Promise<boolean> {
  const layout = createLayout(home);
  const there = await readInPlace(layout, name);
  if (there?.version !== version || there.sha256 !== sha256 || there.config_digest !== undefined) return false;
  const packed = join(SOURCES, name);
  for (const file of await readdir(packed)) {
    const unpacked = await readFile(join(layout.current(name), file), 'utf8').catch(() => undefined);
    const original = await readFile(join(packed, file), 'utf8');
    if (unpacked !== (file === MANIFEST ? versioned(original, version) : original)) return false;
  }
  return true;
}

/** Loses all plugins, as a new disk has none. */
export async function losePlugins(home: string): Promise<void> {
  await rm(createLayout(home).plugins, { recursive: true, force: true, maxRetries: 3 });
}

/** As pack.ts writes it. */
function versioned(text: string, version: string): string {
  return `${JSON.stringify({ ...manifest.parse(JSON.parse(text)), version }, null, 2)}\n`;
}
