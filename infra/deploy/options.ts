import { parseArgs } from 'node:util';
import { WrongUsage } from './failures.ts';

/** What the commands of a deployment have in common. */
export type Place = {
  readonly stage: string;
  readonly region: string;
  /** What `--param name=value` says, by name. */
  readonly params: ReadonlyMap<string, string>;
};

export type DeployLine = Place & { readonly dryRun: boolean; readonly allowDirty: boolean };
export type RollbackLine = Place & { readonly to: string };

const common = {
  stage: { type: 'string' },
  region: { type: 'string' },
  param: { type: 'string', multiple: true },
} as const;

const COMMON_USAGE = '--stage NAME [--region REGION] [--param name=value …]';

/** @throws {WrongUsage} */
export function readDeployLine(args: readonly string[], env: NodeJS.ProcessEnv): DeployLine {
  const usage = `npm run deploy -- ${COMMON_USAGE} [--dry-run] [--allow-dirty]`;
  const flags = {
    'dry-run': { type: 'boolean', default: false },
    'allow-dirty': { type: 'boolean', default: false },
  } as const;
  const values = parsed(usage, () => parseArgs({ args: [...args], options: { ...common, ...flags } }).values);
  return { ...placeOf(values, env, usage), dryRun: values['dry-run'], allowDirty: values['allow-dirty'] };
}

/** @throws {WrongUsage} */
export function readRollbackLine(args: readonly string[], env: NodeJS.ProcessEnv): RollbackLine {
  const usage = `npm run rollback -- ${COMMON_USAGE} --to SHA`;
  const values = parsed(
    usage,
    () => parseArgs({ args: [...args], options: { ...common, to: { type: 'string' } } }).values,
  );
  const { to = '' } = values;
  if (!/^[0-9a-f]{7,40}$/.test(to)) throw new WrongUsage(`--to takes a git sha of 7 to 40 digits. Usage: ${usage}`);
  return { ...placeOf(values, env, usage), to };
}

/** @throws {WrongUsage} */
export function readMigrateLine(args: readonly string[], env: NodeJS.ProcessEnv): Place {
  const usage = `npm run migrate -- ${COMMON_USAGE}`;
  return placeOf(
    parsed(usage, () => parseArgs({ args: [...args], options: common }).values),
    env,
    usage,
  );
}

function parsed<Values>(usage: string, parse: () => Values): Values {
  try {
    return parse();
  } catch (cause) {
    throw new WrongUsage(`${cause instanceof Error ? cause.message : cause} Usage: ${usage}`, { cause });
  }
}

type Common = {
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly param?: string[] | undefined;
};

function placeOf({ stage, region, param = [] }: Common, env: NodeJS.ProcessEnv, usage: string): Place {
  // It ends the name of the database's cluster, for which RDS refuses two hyphens in a row, or one at the end.
  if (stage === undefined || !/^(?=.{1,21}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(stage)) {
    throw new WrongUsage(`--stage takes a name of small letters, digits and single hyphens between. Usage: ${usage}`);
  }
  if (stage === 'local') throw new WrongUsage('The stage local runs on this machine: npm start');
  const where = region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (!where) throw new WrongUsage(`--region, or AWS_REGION, says where. Usage: ${usage}`);
  const params = param.map((text): [string, string] => {
    const [, name, value] = /^([a-z][a-z0-9-]*)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new WrongUsage(`--param takes name=value, not ${text}`);
    return [name, value];
  });
  return { stage, region: where, params: new Map(params) };
}

/** A command line that does the same again, for a shell. */
export function lineOf(script: string, { stage, region, params }: Place, ...more: readonly string[]): string {
  const given = [...params].flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  return ['npm', 'run', script, '--', '--stage', stage, '--region', region, ...given, ...more].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
