import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { esbuildOptions } from '../../../infra/bundle/options.ts';
import { checkout } from '../../../infra/local/host/serverless-process.ts';

const OPTIONS = {
  ...esbuildOptions,
  absWorkingDir: checkout,
  platform: 'node',
  target: 'node24',
  metafile: true,
  logLevel: 'error',
} as const satisfies BuildOptions;

export type Bundle = { readonly file: string; readonly bytes: number; readonly sdk: readonly UsedClient[] };

/** A client of the SDK in a bundle, with the commands that are in it too. */
type UsedClient = { readonly name: string; readonly client: string; readonly commands: readonly string[] };

/** Bundles a function, as it is deployed, into `folder`. */
export function bundleFunction(name: string, folder: string): Promise<Bundle> {
  return bundle({ entryPoints: [`functions/${name}/index.ts`] }, join(folder, `${name}.cjs`));
}

/**
 * Bundles a bare handler with the SDK clients that `like` holds: it makes them when it is loaded, and sends what its event
 * lists as {command, input}. Nothing else is in it: no framework, no validation, no logger.
 */
export function bundleBare(like: Bundle, folder: string): Promise<Bundle> {
  const stdin = { contents: bareSource(like.sdk), resolveDir: checkout, sourcefile: 'bare.ts', loader: 'ts' } as const;
  return bundle({ stdin }, join(folder, `bare-${like.sdk.map(({ client }) => client).join('-')}.cjs`));
}

async function bundle(entry: BuildOptions, outfile: string): Promise<Bundle> {
  const { metafile } = await build({ ...OPTIONS, ...entry, outfile, metafile: true });
  return { file: outfile, bytes: (await stat(outfile)).size, sdk: await clientsIn(metafile, outfile) };
}

async function clientsIn(metafile: Metafile, file: string): Promise<UsedClient[]> {
  const code = await readFile(file, 'utf8');
  return Object.keys(metafile.inputs).flatMap((path) => {
    const [, name, client] = /node_modules\/(@aws-sdk\/client-[\w-]+)\/dist-es\/(\w+Client)\.js$/.exec(path) ?? [];
    if (name === undefined || client === undefined) return [];
    const folder = `node_modules/${name}/dist-es/commands/`;
    const commands = Object.keys(metafile.inputs)
      .filter((input) => input.startsWith(folder))
      .map((input) => input.slice(folder.length, -'.js'.length))
      .filter((command) => code.includes(`"${command}"`));
    return [{ name, client, commands }];
  });
}

function bareSource(sdk: readonly UsedClient[]): string {
  const parts = sdk.map(({ name, client, commands }) => ({
    import: `import { ${[client, ...commands].join(', ')} } from '${name}';`,
    entries: `...((client) => [${commands.map((command) => `['${command}', (i) => client.send(new ${command}(i))]`)}])(new ${client}({}))`,
  }));
  return [
    ...parts.map((part) => part.import),
    `const sends = new Map([${parts.map(({ entries }) => entries).join(', ')}]);`,
    'export const handler = async ({ calls }) => {',
    '  for (const { command, input } of calls) await sends.get(command)(input);',
    '  return { statusCode: 200 };',
    '};',
  ].join('\n');
}
