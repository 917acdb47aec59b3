import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../../lib/domain/errors.ts';
import { repository } from '../toolchain/scratch-project.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const sources = globSync('{lib,functions}/**/*.ts', { cwd: repository }).map(read).join('\n');

/** The classes of lib/domain/errors.ts, each with the code that it is answered with. */
const CLASSES = new Map(
  [...read('lib/domain/errors.ts').matchAll(/class (\w+) extends MusterError \{\n {2}readonly code = '(\w+)'/g)].map(
    ([, name, code]) => [code, name],
  ),
);

/** What is answered for an error that has no class of Muster's. */
const DEFECT: ErrorCode = 'internal_error';

describe.each(ERROR_CODES.filter((code) => code !== DEFECT))('%s', (code) => {
  it('has a class, which is thrown somewhere', () => {
    expect(CLASSES.has(code)).toBe(true);
    expect(sources).toMatch(new RegExp(`new ${CLASSES.get(code)}\\(`));
  });
});

it('no class has a code that is not declared', () => {
  expect([...CLASSES.keys()].filter((code) => !ERROR_CODES.some((each) => each === code))).toEqual([]);
});
