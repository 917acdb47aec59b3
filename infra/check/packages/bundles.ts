import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';

/** A function's zip: its files by their paths. */
export type Bundle = { readonly name: string; readonly files: Readonly<Record<string, Uint8Array>> };

/** The zips in a folder that the framework has packaged into, by the names of their functions. */
export async function readBundles(folder: string): Promise<Bundle[]> {
  const zips = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
  return await Promise.all(
    zips.sort().map(async (zip) => ({
      name: zip.slice(0, -'.zip'.length),
      files: unzipSync(await readFile(join(folder, zip))),
    })),
  );
}
