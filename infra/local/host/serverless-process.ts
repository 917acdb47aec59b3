import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { join, relative, resolve } from 'node:path';

/** The folder that holds serverless.yml and node_modules. */
export const checkout = resolve(import.meta.dirname, '../../..');

/** A path inside the checkout, absolute. */
export function inCheckout(path: string): string {
  return join(checkout, path);
}

/** The stage whose environment (infra/resources/environment.ts) is taken from the process that starts it. */
const localStage = 'local';

/** The full name of a function, as `Invoke` takes it: `<service>-<stage>-<name>`. */
export function fullFunctionName(name: string): string {
  return `muster-${localStage}-${name}`;
}

export type ServerlessOptions = {
  /** The command line after `serverless`, without the stage. */
  readonly args: readonly string[];
  /** What the functions read, and the SDK's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the bundles go; absolute. Nothing else may use it: stale bundles are loaded like fresh ones. */
  readonly buildFolder: string;
  /** For Node itself, before the script. */
  readonly nodeArgs: readonly string[];
  readonly stdin: 'pipe' | 'ignore';
  /** A file descriptor for stdout and stderr, or `inherit`. */
  readonly output: number | 'inherit';
  /** A process group of its own: Ctrl-C in the terminal does not reach it, its starter ends it. */
  readonly detached: boolean;
};

/** Starts the framework's command line under the Node that runs this, on stage `local`. */
export function spawnServerless(options: ServerlessOptions): ChildProcess {
  const script = inCheckout('node_modules/serverless/bin/serverless.js');
  return spawn(process.execPath, [...options.nodeArgs, script, ...options.args, '--stage', localStage], {
    cwd: checkout,
    env: { ...loopbackEnvironment(), ...options.environment, ...own(options.buildFolder) },
    stdio: [options.stdin, options.output, options.output],
    detached: options.detached,
  });
}

/** Without the AWS settings of whoever starts it: a profile or an endpoint of theirs would reach a real account. */
export function loopbackEnvironment(): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|SLS_)/.test(name))),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function own(buildFolder: string): Record<string, string> {
  return {
    // The framework keeps its compiled configuration schema (8 MB, 2.5 s) under the home folder.
    HOME: inCheckout('node_modules/.cache/muster'),
    // The bundler joins it to the checkout's path, so it has to be relative, also where it leads outside.
    MUSTER_BUILD_FOLDER: relative(checkout, buildFolder),
  };
}
