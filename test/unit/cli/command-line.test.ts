import { describe, expect, it } from 'vitest';
import { help } from '../../../infra/cli/command-line/help.ts';
import { options, syntax } from '../../../infra/cli/command-line/options.ts';
import { type CommandLine, parseCommandLine } from '../../../infra/cli/command-line/parse.ts';
import { WrongUsage } from '../../../infra/cli/failures.ts';

const id = '019a0000-0000-7000-8000-000000000001';
const common = { json: false, url: undefined, region: undefined };
const ps = { ...common, command: 'ps', statuses: [], runtime: undefined, labels: [], staleSeconds: undefined } as const;
const declare = {
  ...common,
  command: 'declare',
  id,
  file: 'p.json',
  dryRun: false,
  force: false,
  ifVersion: undefined,
} as const;
const create = { ...common, command: 'create', body: {}, file: undefined, key: undefined } as const;

describe('the command line', () => {
  it.each<[args: string[], line: CommandLine]>([
    [['ps'], ps],
    [
      ['ps', '--status', 'online', '--status', 'failed', '--runtime', 'agent', '--stale', '90'],
      { ...ps, statuses: ['online', 'failed'], runtime: 'agent', staleSeconds: 90 },
    ],
    [
      ['--label', 'team=a', 'ps', '--label', 'query=x=y', '--label', 'empty='],
      {
        ...ps,
        labels: [
          ['team', 'a'],
          ['query', 'x=y'],
          ['empty', ''],
        ],
      },
    ],
    [
      ['show', id, '--json', '--url', 'http://127.0.0.1:1', '--region', 'eu-west-1'],
      { command: 'show', id, json: true, url: 'http://127.0.0.1:1', region: 'eu-west-1' },
    ],
    [['show', id.toUpperCase()], { ...common, command: 'show', id }],
    [['events', id], { ...common, command: 'events', id, limit: 50, follow: false }],
    [['events', id, '--follow', '--limit', '7'], { ...common, command: 'events', id, limit: 7, follow: true }],
    [['create', '--file', 'b.json', '--key', 'k1'], { ...create, file: 'b.json', key: 'k1' }],
    [
      ['create', '--name', 'shop', '--runtime', 'agent', '--label', 'a=b', '--label', 'c=d', '--external'],
      { ...create, body: { name: 'shop', runtime: 'agent', labels: { a: 'b', c: 'd' }, external: true } },
    ],
    [
      ['create', '--restart-policy', 'on_silence', '--boot-timeout', '60', '--idle-minutes', '5'],
      { ...create, body: { restart_policy: 'on_silence', boot_timeout_seconds: 60, idle_minutes: 5 } },
    ],
    [['restart', id], { ...common, command: 'restart', id, replace: false }],
    [['restart', id, '--replace'], { ...common, command: 'restart', id, replace: true }],
    ...(['pause', 'resume', 'hibernate', 'wake', 'rm'] as const).map((command): [string[], CommandLine] => [
      [command, id],
      { ...common, command, id, replace: false },
    ]),
    [['declare', id, '--file', 'p.json'], declare],
    [
      ['declare', id, '--file', 'p.json', '--dry-run', '--force', '--if-version', '0'],
      { ...declare, dryRun: true, force: true, ifVersion: 0 },
    ],
    [['reissue-token', id], { ...common, command: 'reissue-token', id }],
    [['orphans'], { ...common, command: 'orphans', dryRun: false, stage: undefined }],
    [['orphans', '--dry-run', '--stage', 'prod'], { ...common, command: 'orphans', dryRun: true, stage: 'prod' }],
    [['sweep', '--dry-run'], { ...common, command: 'sweep', explain: null, stage: undefined }],
    [
      ['sweep', '--explain', id.toUpperCase(), '--stage', 'prod'],
      { ...common, command: 'sweep', explain: id, stage: 'prod' },
    ],
    [['rm', '--help'], { command: 'help' }],
    [['-h'], { command: 'help' }],
  ])('%j is understood', (args, line) => {
    expect(parseCommandLine(args)).toEqual(line);
  });

  it.each<[args: string[], problem: RegExp]>([
    [[], /^A command is missing$/],
    [['explode', id], /^Unknown command: explode$/],
    [['constructor'], /^Unknown command: constructor$/],
    [['show'], /^show needs the ID of a workspace$/],
    [['rm', id, id], /^Too much: 019a/],
    [['ps', id], /^Too much: 019a/],
    [['rm', id.slice(0, 8)], /^019a0000 is not the id of a workspace/],
    [['rm', 'shop'], /^shop is not the id of a workspace/],
    [['rm', `${id}/../x`], /is not the id of a workspace/],
    [['ps', '--all'], /'--all'/],
    [['ps', '--follow'], /^ps takes no --follow$/],
    [['pause', id, '--replace'], /^pause takes no --replace$/],
    [['show', id, '--stage', 'prod'], /^show takes no --stage$/],
    [['ps', '--stale', 'soon'], /^--stale takes a whole number of at least 1, not soon$/],
    [['ps', '--stale', '1.5'], /^--stale takes/],
    [['events', id, '--limit', '0'], /^--limit takes/],
    [['create', '--boot-timeout', '0x10'], /^--boot-timeout takes/],
    [['create', '--idle-minutes', ''], /^--idle-minutes takes/],
    [['ps', '--label', 'team'], /^--label takes KEY=VALUE, not team$/],
    [['create', '--label', '=a'], /^--label takes KEY=VALUE, not =a$/],
    [['create', '--key', 'two words'], /^--key takes 1 to 255 printable/],
    [['create', '--key', ''], /^--key takes 1 to 255 printable/],
    [['ps', '--runtime'], /--runtime/],
    [['declare', id], /^declare needs --file/],
    [['declare', '--file', 'p.json'], /^declare needs the ID of a workspace$/],
    [['declare', id, '--file', 'p.json', '--if-version', 'x'], /^--if-version takes a whole number, not x$/],
    [['declare', id, '--file', 'p.json', '--if-version', '"3"'], /^--if-version takes a whole number, not "3"$/],
    [['pause', id, '--force'], /^pause takes no --force$/],
    [['sweep'], /^sweep needs --dry-run, or --explain ID: it tells what a sweep would do, and does nothing$/],
    [['sweep', '--dry-run', '--explain', id], /^sweep takes --dry-run or --explain, not both$/],
    [['sweep', '--explain', 'shop'], /^shop is not the id of a workspace/],
    [['sweep', '--explain', ''], /is not the id of a workspace/],
    [['sweep', id, '--dry-run'], /^Too much: 019a/],
    [['orphans', '--explain', id], /^orphans takes no --explain$/],
  ])('%j is wrong usage', (args, problem) => {
    expect(() => parseCommandLine(args)).toThrow(expect.objectContaining({ message: expect.stringMatching(problem) }));
    expect(() => parseCommandLine(args)).toThrow(WrongUsage);
  });

  it('is explained by the help, with every command, every option and the exit codes', () => {
    for (const command of Object.keys(syntax)) expect(help).toMatch(new RegExp(`^ .*\\b${command}\\b`, 'm'));
    for (const option of Object.keys(options)) expect(help).toContain(`--${option}`);
    expect(help).toContain('Exit codes: 0 done, 1 refused by the registry or not reachable, 2 wrong usage.');
  });
});
