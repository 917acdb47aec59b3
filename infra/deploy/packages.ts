import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const TEMPLATE = 'cloudformation-template-update-stack.json';

/**
 * Whether two packages hold the same code and the same template; values of parameters are in neither.
 * @throws Error that names the files in which they differ: what was checked must be what is deployed
 */
export async function requireSame(checked: string, deployed: string): Promise<void> {
  const [before, after] = await Promise.all([digestsOf(checked), digestsOf(deployed)]);
  const names = new Set([...before.keys(), ...after.keys()]);
  const differing = [...names].filter((name) => before.get(name) !== after.get(name));
  if (differing.length > 0) throw new Error(`packaged a second time, it is not the same: ${differing.join(', ')}`);
}

async function digestsOf(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.zip') || name === TEMPLATE);
  const digest = async (name: string): Promise<[string, string]> => {
    const text = await readFile(join(folder, name));
    return [
      name,
      createHash('sha256')
        .update(name === TEMPLATE ? withoutTime(text.toString('utf8')) : text)
        .digest('hex'),
    ];
  };
  return new Map(await Promise.all(names.map(digest)));
}

/** A template without the time of its packaging, by which the framework names the code's place in the bucket. */
export function withoutTime(template: string): string {
  return template.replaceAll(/\/\d{13}-[^/"]+\//g, '/');
}

/** The template of a package, for a look at what would change. */
export async function readTemplate(folder: string): Promise<string> {
  return readFile(join(folder, TEMPLATE), 'utf8');
}
