import { parseArgs } from 'node:util';
import { CliError } from './cli-error.ts';

export const help = `Act on the instances of the local EC2 server, as from outside.

Usage: npm run ec2 -- <command> [ID] [--url URL]

  list              show every instance that EC2 can see
  terminate ID      end it for good; its disk goes with it
  stop ID           stop it; its disk stays
  start ID          start it again
  reboot ID         restart its process on the same disk
  kill-process ID   kill its process behind EC2's back: EC2 still shows it running
  hide ID           let EC2 say that there is no such instance; it lives all the same
  show ID           end that, by its instance id, as EC2 knows its workspace no longer

ID is an instance id (i-…) or the id of a workspace that has one live instance.
--url URL         the EC2 server; otherwise "ec2" in .muster/local.json of this folder, which npm start writes
--help            this text

Exit codes: 0 done, 1 refused or not reachable, 2 wrong usage.
`;

const verbs = ['terminate', 'stop', 'start', 'reboot', 'kill-process', 'hide', 'show'] as const;
export type Verb = (typeof verbs)[number];

export type CommandLine =
  | { readonly command: 'help' }
  | { readonly command: 'list'; readonly url: string | undefined }
  | { readonly command: Verb; readonly id: string; readonly url: string | undefined };

/** @throws {CliError} exit code 2, naming what is wrong. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  if (values.help) return { command: 'help' };
  const [command, id, ...rest] = positionals;
  if (command === undefined) throw usage('A command is missing');
  if (rest.length > 0) throw usage(`Too much: ${rest.join(' ')}`);
  if (command === 'list') {
    if (id !== undefined) throw usage(`list takes no ID, got ${id}`);
    return { command, url: values.url };
  }
  const verb = verbs.find((candidate) => candidate === command);
  if (!verb) throw usage(`Unknown command: ${command}`);
  if (id === undefined) throw usage(`${verb} needs the ID of an instance or a workspace`);
  return { command: verb, id, url: values.url };
}

function parse(args: readonly string[]) {
  try {
    const options = { url: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message : String(cause));
  }
}

function usage(problem: string): CliError {
  return new CliError(`${problem}\nSee npm run ec2 -- --help`, { exitCode: 2 });
}
