import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject, repository } from './scratch-project.ts';

const PREAMBLE = [
  "import type { Launch, LaunchedInstance, LaunchRequest } from '../../lib/domain/launch.ts';",
  'declare const launch: Launch;',
  'declare const request: LaunchRequest;',
  'declare const record: (instance: LaunchedInstance) => Promise<string>;',
];

/** A statement, and what the compiler says of it: an error's code, or nothing. */
const statements = [
  ['const recorded: string = await launch(request, record);', undefined],
  ['await launch(request, async ({ instanceId }) => instanceId.length);', undefined],
  ['await launch(request);', 'TS2554'],
  ['await launch(request, undefined);', 'TS2345'],
  ['const instance: LaunchedInstance = await launch(request, record);', 'TS2322'],
  ['const { instanceId } = await launch(request, async () => ({ status: 1 }));', 'TS2339'],
  ['await launch(request, () => undefined);', 'TS2322'],
] as const;

describe('the type of a launch', () => {
  const path = 'functions/use/use.ts';
  let project: ScratchProject;
  let errors: ReadonlyMap<number, string> = new Map();

  beforeAll(() => {
    const blocks = statements.map(([statement]) => `{ ${statement} }`);
    project = createScratchProject(
      new Map([
        ['lib/domain/launch.ts', readFileSync(join(repository, 'lib/domain/launch.ts'), 'utf8')],
        [path, [...PREAMBLE, ...blocks, ''].join('\n')],
      ]),
    );
    const { stdout } = spawnSync(
      join(repository, 'node_modules/.bin/tsc'),
      ['--noEmit', '--pretty', 'false', '--noUnusedLocals', 'false', '--project', '.'],
      { cwd: project.folder, encoding: 'utf8' },
    );
    errors = new Map(
      [...stdout.matchAll(/^functions\/use\/use\.ts\((\d+),\d+\): error (TS\d+)/gm)].map(([, line, code]) => [
        Number(line),
        code ?? '',
      ]),
    );
  }, 60_000);
  afterAll(() => project.remove());

  it.each(statements)('gives its instance to finalise alone: %s is %s', (statement, code) => {
    const line = PREAMBLE.length + statements.findIndex(([other]) => other === statement) + 1;
    expect(errors.get(line)).toBe(code);
  });
});
