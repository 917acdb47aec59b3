import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';

export const repository = join(import.meta.dirname, '../../..');

/** A folder with the repository's linter settings, TypeScript settings and packages, and none of its code. */
export type ScratchProject = { readonly folder: string; remove(): void };

const configOf = (name: string): Record<string, unknown> =>
  z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(join(repository, name), 'utf8')));

/** Files are paths below the project with their text. The caller removes the project. */
export function createScratchProject(files: ReadonlyMap<string, string>): ScratchProject {
  const folder = mkdtempSync(join(tmpdir(), 'muster-lint-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  // The folder is no git repository, so there is no ignore file to read.
  write('biome.json', JSON.stringify({ ...configOf('biome.json'), vcs: { enabled: false } }));
  write('.oxlintrc.json', readFileSync(join(repository, '.oxlintrc.json'), 'utf8'));
  write('tsconfig.json', readFileSync(join(repository, 'tsconfig.json'), 'utf8'));
  write('package.json', '{"type": "module"}');
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of files) write(path, text);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
