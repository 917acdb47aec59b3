import { describe, expect, it } from 'vitest';
import { lineOf, readDeployLine, readMigrateLine, readRollbackLine } from '../../../infra/deploy/options.ts';

describe('the command line of a rollout', () => {
  it('says where, with what, and how', () => {
    const args = [
      '--stage',
      'prod',
      '--region',
      'eu-west-1',
      '--param',
      'a=1',
      '--param',
      'subnet-ids=a,b=c',
      '--dry-run',
    ];
    expect(readDeployLine(args, {})).toEqual({
      stage: 'prod',
      region: 'eu-west-1',
      params: new Map([
        ['a', '1'],
        ['subnet-ids', 'a,b=c'],
      ]),
      dryRun: true,
      allowDirty: false,
    });
  });

  it('takes the Region of the environment where it names none', () => {
    expect(readMigrateLine(['--stage', 'dev'], { AWS_REGION: 'eu-north-1' }).region).toBe('eu-north-1');
    expect(readMigrateLine(['--stage', 'dev'], { AWS_DEFAULT_REGION: 'eu-north-1' }).region).toBe('eu-north-1');
  });

  it.each([
    ['no stage', ['--region', 'r'], '--stage takes a name'],
    ['a stage that is no name', ['--region', 'r', '--stage', 'Prod!'], '--stage takes a name'],
    ['a stage that no cluster can be named by', ['--region', 'r', '--stage', 'a--b'], '--stage takes a name'],
    ['a stage that ends with a hyphen', ['--region', 'r', '--stage', 'a-'], '--stage takes a name'],
    ['this machine’s stage', ['--region', 'r', '--stage', 'local'], 'npm start'],
    ['no Region', ['--stage', 'prod'], '--region, or AWS_REGION'],
    [
      'a parameter without a value',
      ['--region', 'r', '--stage', 'prod', '--param', 'a'],
      '--param takes name=value, not a',
    ],
    ['an unknown option', ['--stage', 'prod', '--fast'], "Unknown option '--fast'"],
  ])('is refused with %s', (_, args, words) => {
    expect(() => readDeployLine(args, {})).toThrow(words);
  });

  it.each([[[]], [['--to', 'HEAD']], [['--to', 'abc']]])('of a rollback needs a commit: %j', (args) => {
    expect(() => readRollbackLine(['--stage', 'prod', '--region', 'r', ...args], {})).toThrow('--to takes a git sha');
  });

  it('can be written for a shell as it was', () => {
    const params = new Map([['subnet-ids', "a b'c"]]);
    expect(lineOf('rollback', { stage: 'prod', region: 'eu-west-1', params }, '--to', 'abcdef0')).toBe(
      "npm run rollback -- --stage prod --region eu-west-1 --param 'subnet-ids=a b'\\''c' --to abcdef0",
    );
  });
});
