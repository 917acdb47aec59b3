import { type Finding, findingsOf } from '../finding.ts';
import type { Bundle } from '../packages/bundles.ts';
import type { DeployedFunction } from '../world/deployed.ts';

const found = findingsOf('handler');

/** Loads a function's bundle and answers why that failed, or undefined. */
export type LoadHandler = (
  bundle: Bundle,
  file: string,
  handler: string,
  environment: Readonly<Record<string, string>>,
) => Promise<string | undefined>;

/** Every function is a folder under functions/ and the other way round, and its zip holds a handler that loads. */
export async function handlerFindings(
  functions: readonly DeployedFunction[],
  folders: readonly string[],
  bundles: readonly Bundle[],
  load: LoadHandler,
): Promise<Finding[]> {
  const names = functions.map(({ name }) => name);
  const pathless = functions.filter(({ name }) => !folders.includes(name));
  return [
    ...folders
      .filter((name) => !names.includes(name))
      .map((name) => found(`functions/${name}`, 'no function of the template is it')),
    ...pathless.map(({ id, handler }) => found(id, `there is no folder for its handler ${handler}`)),
    ...(await Promise.all(functions.map((one) => bundleFindings(one, bundles, load)))).flat(),
  ];
}

async function bundleFindings(
  { id, zip, handler, environment }: DeployedFunction,
  bundles: readonly Bundle[],
  load: LoadHandler,
): Promise<Finding[]> {
  const bundle = bundles.find(({ name }) => name === zip);
  if (bundle === undefined) return [found(id, `${zip}.zip was not packaged`)];
  const [path = '', exported = ''] = handler.split(/\.(?=[^.]*$)/);
  const file = ['.cjs', '.mjs', '.js'].map((ending) => `${path}${ending}`).find((name) => name in bundle.files);
  if (file === undefined) return [found(id, `${bundle.name}.zip has no file for its handler ${handler}`)];
  const failure = await load(bundle, file, exported, environment);
  return [
    ...(failure === undefined ? [] : [found(id, `${handler} does not load: ${failure}`)]),
    ...sourceMapFindings(id, bundle, file),
  ];
}

function sourceMapFindings(id: string, { name, files }: Bundle, file: string): Finding[] {
  const code = Buffer.from(files[file] ?? []).toString('utf8');
  const [, linked] = /^\/\/# sourceMappingURL=(\S+)\s*$/m.exec(code) ?? [];
  if (linked === undefined) return [found(id, `${file} names no source map`)];
  const map = `${file.slice(0, file.lastIndexOf('/') + 1)}${linked}`;
  return map in files ? [] : [found(id, `${name}.zip has no source map ${map}`)];
}
