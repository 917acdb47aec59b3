import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from './scratch-project.ts';

const functionNames = readdirSync(join(repository, 'functions'));
const trackedFiles = execFileSync('git', ['ls-files', '-z'], { cwd: repository, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(repository, path)));

const linesOf = (path: string): string[] => readFileSync(join(repository, path), 'utf8').trimEnd().split('\n');

describe('functions', () => {
  it.each(functionNames)('%s has an index.ts of at most 30 lines whose handler takes less than 20', (name) => {
    const lines = linesOf(`functions/${name}/index.ts`);
    const handlerAt = lines.findIndex((line) => line.startsWith('export const handler'));
    expect(lines.length).toBeLessThanOrEqual(30);
    expect(handlerAt).toBeGreaterThan(0);
    expect(lines.length - handlerAt).toBeLessThan(20);
  });
});

describe('tracked files', () => {
  const personal = /(?<![\w.$}:/-])\/(?:root|home|Users|work)\/[\w.-]/;
  const registry = /\b(?:registry\.(?:npm|yarn)|npmmirror|verdaccio|artifactory|_authToken)/i;

  it.each([
    ['a folder of a machine', personal],
    ['a package registry or its credentials', registry],
  ])('name nowhere %s', (_, pattern) => {
    const found = trackedFiles
      .filter((path) => path !== 'test/unit/toolchain/source-files.test.ts')
      .flatMap((path) =>
        linesOf(path).flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
      );
    expect(found).toEqual([]);
  });
});
