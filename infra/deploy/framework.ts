import { join } from 'node:path';
import type { Place } from './options.ts';
import type { Processes } from './processes.ts';

/** Of this run alone, relative to the checkout: what an earlier one left in a shared folder would go into the zip. */
export const BUILD_FOLDER = `.esbuild/deploy-${process.pid}`;

/** The two services, by the folder of their serverless.yml. */
export const SERVICES = { data: 'infra/data', registry: '.' } as const;

export type Service = keyof typeof SERVICES;

export type Packaging = {
  readonly service: Service;
  /** Where the package goes, or is; absolute. */
  readonly folder: string;
  /** The checkout whose code it is. */
  readonly root: string;
  readonly sha: string;
  readonly params: ReadonlyMap<string, string>;
};

/** The serverless framework, for a stage of an account. */
export type Framework = {
  package(packaging: Packaging): Promise<void>;
  deploy(packaging: Packaging): Promise<void>;
};

/** @param scratch takes what the bundler leaves behind */
export function createFramework(processes: Processes, { stage, region }: Place, scratch: string): Framework {
  const run = async (words: readonly string[], { service, folder, root, sha, params }: Packaging) => {
    const script = join(root, 'node_modules/serverless/bin/serverless.js');
    const given = [...params].flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    await processes.run({
      program: process.execPath,
      args: [script, ...words, '--package', folder, '--stage', stage, '--region', region, ...given],
      cwd: join(root, SERVICES[service]),
      env: { BUILD_SHA: sha, MUSTER_BUILD_FOLDER: BUILD_FOLDER, TMPDIR: scratch },
    });
  };
  return {
    package: (packaging) => run(['package'], packaging),
    // Without --force it may take a stack for up to date whose last deployment was undone.
    deploy: (packaging) => run(['deploy', '--force'], packaging),
  };
}
