import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as launchInstance from '../../../lib/adapters/ec2/launch-instance.ts';
import { createLaunch } from '../../../lib/adapters/ec2/launch-instance.ts';
import type { Refusal } from './lint.ts';
import { oxlintRefusals } from './lint.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject, repository } from './scratch-project.ts';

/** A file, a statement in it, and whether the lint lets it. */
type Plant = readonly [path: string, statement: string, verdict: 'refused' | 'allowed'];

const EC2 = "'@aws-sdk/client-ec2'";
const launching = 'lib/adapters/ec2/launch-instance.ts';
const operating = 'lib/adapters/ec2/operate-instances.ts';
const listing = 'lib/adapters/ec2/list-instances.ts';

/** Every way in which a module can be handed a name, or all names, of another. */
const waysTo = (name: string): readonly string[] => [
  `import { ${name} } from ${EC2};`,
  `import { StartInstancesCommand as With${name}, ${name} as Harmless${name} } from ${EC2};`,
  `export { ${name} } from ${EC2};`,
  `import { ${name} as Deep${name} } from '@aws-sdk/client-ec2/dist-es/commands/${name}.js';`,
];
const WAYS_TO_ALL = [
  `import * as sdk from ${EC2};`,
  `export * from ${EC2};`,
  `export * as sdk from ${EC2};`,
  `import { EC2 } from ${EC2};`,
  `import { EC2 as DeepEC2 } from '@aws-sdk/client-ec2/dist-es/EC2.js';`,
];

const plants: readonly Plant[] = [
  ...[listing, operating, 'lib/adapters/rds-data/database.ts', 'lib/middleware/http.ts', 'lib/config.ts'].flatMap(
    (path) => waysTo('RunInstancesCommand').map((statement): Plant => [path, statement, 'refused']),
  ),
  ...[listing, launching, 'lib/domain/launch.ts', 'functions/converge/index.ts'].flatMap((path) =>
    waysTo('TerminateInstancesCommand').map((statement): Plant => [path, statement, 'refused']),
  ),
  ...[listing, launching, operating, 'functions/converge/converge.ts'].flatMap((path) =>
    WAYS_TO_ALL.map((statement): Plant => [path, statement, 'refused']),
  ),
  [launching, `import { RunInstancesCommand } from ${EC2};`, 'allowed'],
  [operating, `import { TerminateInstancesCommand } from ${EC2};`, 'allowed'],
  [listing, `import { DescribeInstancesCommand } from ${EC2};`, 'allowed'],
  ['functions/converge/index.ts', `import { EC2Client } from ${EC2};`, 'allowed'],
  ['infra/local/start.ts', `import { RunInstancesCommand } from ${EC2};`, 'allowed'],
  ['test/support/ec2.ts', `import { TerminateInstancesCommand } from ${EC2};`, 'allowed'],
];

const sourcesOf = (folder: string): string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`);

describe('the ways to launch and to end an instance', () => {
  const lines = Map.groupBy(plants, ([path]) => path);
  let project: ScratchProject;
  let refusals: readonly Refusal[] = [];

  beforeAll(() => {
    const files = [...lines].map(
      ([path, of]) => [path, `${of.map(([, statement]) => statement).join('\n')}\n`] as const,
    );
    project = createScratchProject(new Map(files));
    refusals = oxlintRefusals(project.folder);
  }, 60_000);
  afterAll(() => project.remove());

  it.each(plants.map((plant) => [...plant, plant] as const))('%s: %s is %s', (path, _, verdict, plant) => {
    const line = (lines.get(path) ?? []).indexOf(plant) + 1;
    const refused = refusals.some(
      (refusal) => refusal.rule === 'eslint(no-restricted-imports)' && refusal.path === path && refusal.line === line,
    );
    expect(refused ? 'refused' : 'allowed').toBe(verdict);
  });

  it('are not open to an import at run time, which the lint does not see: there is none', () => {
    const found = [...sourcesOf('lib'), ...sourcesOf('functions')].filter((path) =>
      /\bimport\(|\brequire\(|createRequire/.test(readFileSync(join(repository, path), 'utf8')),
    );
    expect(found).toEqual([]);
  });

  it('are one for the launch: its module gives nothing away but that', () => {
    expect({ ...launchInstance }).toEqual({ createLaunch });
  });
});
