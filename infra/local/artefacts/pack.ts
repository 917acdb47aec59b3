import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import { z } from 'zod';

const manifest = z.looseObject({ version: z.string() });

/**
 * Packs the folder `name` beside this file as a .tgz whose plugin.json names this version.
 *
 * @param into an existing folder, for the archive and what goes into it
 */
export async function pack(name: string, version: string, into: string): Promise<Buffer> {
  const content = join(into, `${name}-${version}`);
  await cp(join(import.meta.dirname, name), content, { recursive: true });
  const described = join(content, 'plugin.json');
  const plugin = manifest.parse(JSON.parse(await readFile(described, 'utf8')));
  await writeFile(described, `${JSON.stringify({ ...plugin, version }, null, 2)}\n`);
  const file = `${content}.tgz`;
  await create({ file, cwd: content, gzip: true, portable: true }, ['.']);
  return await readFile(file);
}
