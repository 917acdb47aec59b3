import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toPositional } from '../../../infra/local/data-api/named-parameters.ts';
import { readMigrationFiles } from '../../../infra/migrations/files.ts';
import { statement } from '../../../lib/adapters/rds-data/statement.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { recordRegister } from '../../../lib/adapters/rds-data/statements/record-register.ts';
import { database } from '../../support/database.ts';
import { beatRecord, registerRecord } from '../../support/records.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { readKeptStatements } from './kept-statements.ts';

const files = await readMigrationFiles(join(import.meta.dirname, '../../../infra/migrations'));

describe('the code of the release before', () => {
  it.each(readKeptStatements())('finds all that $name names, and may do it, on the present schema', async ({ sql }) => {
    const names = toPositional(sql).names;
    const explain = statement({
      sql: `EXPLAIN ${sql}`,
      bind: () => Object.fromEntries(names.map((name) => [name, null])),
      row: z.unknown(),
    });
    // Planned as the functions' role, and not run: names, types and rights are looked up.
    await expect(database.run(explain, undefined)).resolves.not.toHaveLength(0);
  });
});

describe('a runtime, by the statements of the release before', () => {
  const kept = new Map(readKeptStatements().map(({ name, sql }) => [name, sql]));
  const asThen = <Parts extends { readonly sql: string }>(name: string, parts: Parts) => ({
    ...parts,
    sql: kept.get(name) ?? '',
  });

  it('registers and beats on the present schema', async () => {
    const { id } = await makeWorkspace();
    const [registered] = await database.run(asThen('recordRegister', recordRegister), registerRecord(id));
    expect(registered?.answer).toMatchObject({ workspace_status: 'online' });
    const [beaten] = await database.run(asThen('recordHeartbeat', recordHeartbeat), beatRecord(id));
    expect(beaten?.answer).toMatchObject({ workspace_status: 'online' });
  });
});

describe('a migration', () => {
  it.each(files.filter(({ kind, name }) => kind === 'migration' && name >= '0012'))(
    '$name says that the code before it runs with it',
    ({ keepsOldCode }) => {
      expect(keepsOldCode).toBe(true);
    },
  );
});
