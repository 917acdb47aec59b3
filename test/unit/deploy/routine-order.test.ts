import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readMigrationFiles } from '../../../infra/migrations/files.ts';

const routines = (await readMigrationFiles(join(import.meta.dirname, '../../../infra/migrations')))
  .filter(({ kind }) => kind === 'routine')
  .map(({ name, statements }) => ({ name, text: statements.join(';\n').replaceAll(/--.*/g, '') }));

it.each(routines)(
  '$name calls nothing that only a later file makes, for each is in force before the next',
  (routine) => {
    const later = routines.slice(routines.indexOf(routine) + 1);
    const made = later.flatMap(({ text }) =>
      [...text.matchAll(/CREATE OR REPLACE FUNCTION (\w+)/g)].map(([, name]) => name),
    );
    expect(made.filter((name) => new RegExp(`\\b${name}\\(`).test(routine.text))).toEqual([]);
  },
);

it('what empties the hash of a report is in force before what trusts it, also where a run ends between the two', () => {
  const at = (pattern: RegExp) => routines.findIndex(({ text }) => pattern.test(text));
  const [empties, trusts] = [at(/report_hash = NULL/), at(/IS DISTINCT FROM h\.report_hash/)];
  expect(empties).toBeGreaterThanOrEqual(0);
  expect(trusts).toBeGreaterThan(empties);
});
