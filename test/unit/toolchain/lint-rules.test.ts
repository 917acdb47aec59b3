import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Refusal } from './lint.ts';
import { biomeRefusals, oxlintRefusals } from './lint.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

/** Where it is planted, a statement, the rule that must refuse it. */
type Plant = readonly [path: string, statement: string, rule: string];

const floating = 'typescript(no-floating-promises)';

const plants: readonly Plant[] = [
  ['lib/adapters/ec2/send.ts', 'client.send(new DescribeInstancesCommand({}));', floating],
  ['lib/adapters/ec2/send.ts', 'new EC2({}).describeInstances({});', floating],
  ['lib/adapters/ec2/send.ts', "port.stop('i-1');", floating],
  ['lib/adapters/ec2/send.ts', 'own();', floating],
  ['lib/adapters/ec2/send.ts', "pg.query('SELECT 1');", floating],
  ['lib/adapters/ec2/send.ts', 'own().then(() => undefined);', floating],
  ['lib/adapters/ec2/send.ts', 'own();', 'lint/nursery/noFloatingPromises'],
  [
    'lib/adapters/ec2/send.ts',
    "export async function tried() { try { return own(); } catch { return ''; } }",
    'typescript(return-await)',
  ],
  ['lib/adapters/ec2/send.ts', "export const cast = 'x' as unknown as Port;", 'typescript(consistent-type-assertions)'],
  ['lib/adapters/ec2/send.ts', "export const anything: string = JSON.parse('1');", 'typescript(no-unsafe-assignment)'],
  ['lib/adapters/ec2/send.ts', "export const region = process.env['AWS_REGION'];", 'lint/style/noProcessEnv'],
  ['lib/adapters/ec2/send.ts', 'export const { pid } = process;', 'lint/style/noRestrictedGlobals'],
  ['lib/adapters/ec2/send.ts', "console.log('x');", 'lint/suspicious/noConsole'],
  ['functions/register/index.ts', "console.log('x');", 'lint/suspicious/noConsole'],
  ['functions/register/index.ts', "export const region = process.env['AWS_REGION'];", 'lint/style/noProcessEnv'],
  ['infra/migrate.ts', 'export const first = (rows: any) => rows;', 'lint/suspicious/noExplicitAny'],
  ['infra/migrate.ts', 'export const length = (text?: string) => text!.length;', 'lint/style/noNonNullAssertion'],
  ['infra/migrate.ts', "import { Pool } from 'pg'; export type P = Pool;", 'lint/style/useImportType'],
  [
    'test/unit/focused.test.ts',
    "import { it } from 'vitest'; it.only('x', () => {});",
    'lint/suspicious/noFocusedTests',
  ],
  [
    'test/unit/skipped.test.ts',
    "import { it } from 'vitest'; it.skip('x', () => {});",
    'lint/suspicious/noSkippedTests',
  ],
];

const preambles: Readonly<Record<string, string>> = {
  'lib/adapters/ec2/send.ts': [
    "import { DescribeInstancesCommand, EC2, EC2Client } from '@aws-sdk/client-ec2';",
    "import type { Client } from 'pg';",
    'type Port = { stop(id: string): Promise<void> };',
    'declare const port: Port;',
    'declare const pg: Client;',
    'async function own(): Promise<string> { return "x"; }',
    'const client = new EC2Client({});',
    '',
  ].join('\n'),
};

const fine = [
  "export const region = process.env['AWS_REGION'];",
  'export const kinds = ["a", "b"] as const;',
  'export async function wait(): Promise<void> { await Promise.resolve(); }',
  'export async function waitAgain(): Promise<void> { return await wait(); }',
  '',
].join('\n');

describe('the rules of the lint', () => {
  let project: ScratchProject;
  let refusals: readonly Refusal[] = [];
  const lineOf = new Map<Plant, number>();

  beforeAll(() => {
    const files = new Map<string, string>([
      ['lib/config.ts', fine],
      ['lib/domain/restartPolicy.ts', 'export const restartPolicy = 1;\n'],
    ]);
    for (const plant of plants) {
      const [path, statement] = plant;
      const text = files.get(path) ?? preambles[path] ?? '';
      lineOf.set(plant, text.split('\n').length);
      files.set(path, `${text}${statement}\n`);
    }
    project = createScratchProject(files);
    refusals = [...biomeRefusals(project.folder), ...oxlintRefusals(project.folder)];
  }, 60_000);
  afterAll(() => project.remove());

  it.each(plants.map((plant) => [...plant, plant] as const))('%s: %s is refused by %s', (path, _, rule, plant) => {
    const line = lineOf.get(plant);
    expect(refusals.filter((refusal) => refusal.path === path && refusal.line === line)).toContainEqual(
      expect.objectContaining({ rule }),
    );
  });

  it('refuses a file that is not named in kebab case', () => {
    const rules = refusals.filter(({ path }) => path === 'lib/domain/restartPolicy.ts').map(({ rule }) => rule);
    expect(rules).toEqual(['lint/style/useFilenamingConvention']);
  });

  it('lets lib/config.ts read the environment, and lets as const and awaited promises be', () => {
    expect(refusals.filter(({ path }) => path === 'lib/config.ts')).toEqual([]);
  });
});
