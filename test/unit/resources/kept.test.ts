import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

it('what outlives its stack goes with a first deployment that failed: its name would be in the way of the second', async () => {
  const kept: string[] = [];
  for await (const file of glob('infra/{data,resources}/**/*.yml', { cwd: root })) {
    kept.push(
      ...[...(await readFile(join(root, file), 'utf8')).matchAll(/DeletionPolicy: (Retain\w*)/g)].map(
        ([, how = '']) => how,
      ),
    );
  }
  expect(new Set(kept)).toEqual(new Set(['RetainExceptOnCreate']));
});
