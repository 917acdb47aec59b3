import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import { addToLedger, digestsOf, migrationFindings, readLedger } from '../../../infra/check/migrations/ledger.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-ledger-'));
  await writeFile(join(folder, '0001_first.sql'), 'SELECT 1;\n');
  await writeFile(join(folder, '0003_third.sql'), 'SELECT 3;\n');
  await writeFile(join(folder, 'ledger.sha256'), '');
  await addToLedger(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const linesOf = async () => migrationFindings(await readLedger(folder), await digestsOf(folder)).map(lineOf);

describe('the ledger of migrations', () => {
  it('is right when every file is as it landed', async () => {
    expect(await linesOf()).toEqual([]);
  });

  it('names a migration that was edited, and goes on naming it after new ones were added', async () => {
    await appendFile(join(folder, '0001_first.sql'), '-- a word\n');
    await writeFile(join(folder, '0004_fourth.sql'), 'SELECT 4;\n');
    expect(await addToLedger(folder)).toEqual(['0004_fourth.sql']);
    const [line, ...others] = await linesOf();
    expect(line).toMatch(
      /^migration: 0001_first\.sql: was edited since it landed \(sha256 \w{16}, not \w{16}\): write a new one$/,
    );
    expect(others).toEqual([]);
  });

  it('names a migration that is gone', async () => {
    await rm(join(folder, '0003_third.sql'));
    expect(await linesOf()).toEqual(['migration: 0003_third.sql: is gone: what databases have applied stays']);
  });

  it('names a new migration, and how it is added', async () => {
    await writeFile(join(folder, '0004_fourth.sql'), 'SELECT 4;\n');
    expect(await linesOf()).toEqual([
      'migration: 0004_fourth.sql: is not in the ledger: npm run check:template -- --add-migrations writes it there',
    ]);
  });

  it('names a new migration that comes before one that has landed', async () => {
    await writeFile(join(folder, '0002_second.sql'), 'SELECT 2;\n');
    expect(await linesOf()).toEqual([
      'migration: 0002_second.sql: comes before 0003_third.sql, which has landed: number it after that',
    ]);
  });

  it('keeps its lines as sha256sum writes them', async () => {
    const lines = await readFile(join(folder, 'ledger.sha256'), 'utf8');
    expect(lines).toMatch(/^[0-9a-f]{64} {2}0001_first\.sql\n[0-9a-f]{64} {2}0003_third\.sql\n$/);
  });
});

describe('the migrations of this repository', () => {
  it('are as they landed', async () => {
    const migrations = join(import.meta.dirname, '../../../infra/migrations');
    const findings = migrationFindings(await readLedger(migrations), await digestsOf(migrations));
    expect(findings.filter(({ says }) => !says.startsWith('is not in the ledger'))).toEqual([]);
  });
});
