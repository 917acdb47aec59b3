import { parseArgs } from 'node:util';
import { WrongUsage } from '../failures.ts';
import { type Command, commonOptions, isCommand, options, syntax } from './options.ts';
import { count, declarationVersion, idempotencyKey, type Label, label, optionalCount, workspaceId } from './values.ts';

/** Where to call; what is undefined is found in the surroundings. */
export type Target = { readonly url: string | undefined; readonly region: string | undefined };

type Common = Target & { readonly json: boolean };

export type PsLine = Common & {
  readonly command: 'ps';
  readonly statuses: readonly string[];
  readonly runtime: string | undefined;
  readonly labels: readonly Label[];
  readonly staleSeconds: number | undefined;
};
export type ShowLine = Common & { readonly command: 'show'; readonly id: string };
export type EventsLine = Common & {
  readonly command: 'events';
  readonly id: string;
  readonly limit: number;
  readonly follow: boolean;
};
export type CreateLine = Common & {
  readonly command: 'create';
  /** What the options say of the body; a file may say the rest. */
  readonly body: {
    readonly name?: string;
    readonly runtime?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly restart_policy?: string;
    readonly boot_timeout_seconds?: number;
    readonly idle_minutes?: number;
    readonly external?: true;
  };
  readonly file: string | undefined;
  readonly key: string | undefined;
};
export type DeclareLine = Common & {
  readonly command: 'declare';
  readonly id: string;
  readonly file: string;
  readonly dryRun: boolean;
  readonly force: boolean;
  /** The version that the change is meant for; undefined: whatever is there. */
  readonly ifVersion: number | undefined;
};
export type OperateLine = Common & {
  readonly command: 'restart' | 'pause' | 'resume' | 'hibernate' | 'wake' | 'rm';
  readonly id: string;
  readonly replace: boolean;
};
export type ReissueTokenLine = Common & { readonly command: 'reissue-token'; readonly id: string };
/** Of a command that is a function of its own, and not of the API. */
type FunctionLine = Common & { readonly stage: string | undefined };
export type OrphansLine = FunctionLine & { readonly command: 'orphans'; readonly dryRun: boolean };
/** `explain`: the workspace that is asked about; null: all of them, a dry run. */
export type SweepLine = FunctionLine & { readonly command: 'sweep'; readonly explain: string | null };

export type CommandLine =
  | { readonly command: 'help' }
  | PsLine
  | ShowLine
  | EventsLine
  | CreateLine
  | DeclareLine
  | OperateLine
  | ReissueTokenLine
  | OrphansLine
  | SweepLine;

const eventsShown = 50;

/** @throws {WrongUsage} naming what is wrong. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  if (values.help) return { command: 'help' };
  const { command, id } = readPositionals(positionals);
  refuseForeignOptions(command, Object.keys(values));
  const common = { json: values.json ?? false, url: values.url, region: values.region };
  switch (command) {
    case 'ps':
      return {
        ...common,
        command,
        statuses: values.status ?? [],
        runtime: values.runtime,
        labels: (values.label ?? []).map(label),
        staleSeconds: optionalCount('stale', values.stale),
      };
    case 'events': {
      const limit = values.limit === undefined ? eventsShown : count('limit', values.limit);
      return { ...common, command, id, limit, follow: values.follow ?? false };
    }
    case 'create': {
      const key = values.key === undefined ? undefined : idempotencyKey(values.key);
      return { ...common, command, body: bodyOf(values), file: values.file, key };
    }
    case 'declare': {
      const { file } = values;
      if (file === undefined) throw new WrongUsage('declare needs --file, a JSON document {"plugins": […]}');
      const ifVersion = values['if-version'] === undefined ? undefined : declarationVersion(values['if-version']);
      return {
        ...common,
        command,
        id,
        file,
        dryRun: values['dry-run'] ?? false,
        force: values.force ?? false,
        ifVersion,
      };
    }
    case 'orphans':
      return { ...common, command, dryRun: values['dry-run'] ?? false, stage: values.stage };
    case 'sweep':
      return { ...common, command, explain: explainedBy(values), stage: values.stage };
    case 'show':
    case 'reissue-token':
      return { ...common, command, id };
    case 'restart':
    case 'pause':
    case 'resume':
    case 'hibernate':
    case 'wake':
    case 'rm':
      return { ...common, command, id, replace: values.replace ?? false };
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw new WrongUsage(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The id is empty for a command that takes none. */
function readPositionals([command, id, ...rest]: readonly string[]): { command: Command; id: string } {
  if (command === undefined) throw new WrongUsage('A command is missing');
  if (!isCommand(command)) throw new WrongUsage(`Unknown command: ${command}`);
  const tooMuch = syntax[command].takesId ? rest : [...(id === undefined ? [] : [id]), ...rest];
  if (tooMuch.length > 0) throw new WrongUsage(`Too much: ${tooMuch.join(' ')}`);
  if (!syntax[command].takesId) return { command, id: '' };
  if (id === undefined) throw new WrongUsage(`${command} needs the ID of a workspace`);
  return { command, id: workspaceId(id) };
}

function refuseForeignOptions(command: Command, given: readonly string[]): void {
  const taken: readonly string[] = [...commonOptions, ...syntax[command].options];
  const foreign = given.find((option) => !taken.includes(option));
  if (foreign !== undefined) throw new WrongUsage(`${command} takes no --${foreign}`);
}

/** The sweep itself is the schedule's: a command only asks what one would do. */
function explainedBy({ explain, 'dry-run': dryRun = false }: ReturnType<typeof parse>['values']): string | null {
  if (explain === undefined && !dryRun) {
    throw new WrongUsage('sweep needs --dry-run, or --explain ID: it tells what a sweep would do, and does nothing');
  }
  if (explain === undefined) return null;
  if (dryRun) throw new WrongUsage('sweep takes --dry-run or --explain, not both');
  return workspaceId(explain);
}

function bodyOf(values: ReturnType<typeof parse>['values']): CreateLine['body'] {
  const { name, runtime, external } = values;
  const restartPolicy = values['restart-policy'];
  const bootTimeout = optionalCount('boot-timeout', values['boot-timeout']);
  const idleMinutes = optionalCount('idle-minutes', values['idle-minutes']);
  return {
    ...(name !== undefined && { name }),
    ...(runtime !== undefined && { runtime }),
    ...(values.label !== undefined && { labels: Object.fromEntries(values.label.map(label)) }),
    ...(restartPolicy !== undefined && { restart_policy: restartPolicy }),
    ...(bootTimeout !== undefined && { boot_timeout_seconds: bootTimeout }),
    ...(idleMinutes !== undefined && { idle_minutes: idleMinutes }),
    ...(external === true && { external }),
  };
}
