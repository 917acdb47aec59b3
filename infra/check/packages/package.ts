import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseTemplate, type Template } from '../template/template.ts';

/** One of the services that make up the registry, and the folder that its serverless.yml is in. */
export type Service = { readonly name: string; readonly folder: string };

/** The template of a service, in the folder that it was packaged into. */
const TEMPLATE = 'cloudformation-template-update-stack.json';

type Order = {
  readonly root: string;
  readonly service: Service;
  /** `--stage` and `--param` as for `serverless package`. */
  readonly options: readonly string[];
  /** Where the package goes; what the framework leaves in temporary folders goes beside it. */
  readonly into: string;
};

/**
 * Packages a service as `npm run package` does, without credentials and without a network.
 * @returns the folder of the package
 * @throws NotPackaged with what the framework said
 */
export async function packageService({ root, service, options, into }: Order): Promise<string> {
  const cwd = join(root, service.folder);
  const scratch = dirname(into);
  const bundles = join('.esbuild', basename(scratch));
  const framework = join(root, 'node_modules/serverless/bin/serverless.js');
  const child = spawn(process.execPath, [framework, 'package', ...options, '--package', into], {
    cwd,
    env: { ...process.env, TMPDIR: scratch, MUSTER_BUILD_FOLDER: bundles },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    await once(child, 'close');
    if (child.exitCode !== 0) throw new NotPackaged(service.name, (await said).join('\n').trim());
    return into;
  } finally {
    await rm(join(cwd, bundles), { recursive: true, force: true });
  }
}

/** The framework could not package a service; what it said is in the message. */
export class NotPackaged extends Error {
  override readonly name = 'NotPackaged';

  constructor(service: string, said: string) {
    super(`${service} could not be packaged:\n${said}`);
  }
}

/** @throws Error when the folder has no template */
export async function readTemplate(folder: string): Promise<Template> {
  return parseTemplate(JSON.parse(await readFile(join(folder, TEMPLATE), 'utf8')));
}

/** The files of a package that a deployment uploads, by name. */
export async function readPackage(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.zip') || name === TEMPLATE);
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}
