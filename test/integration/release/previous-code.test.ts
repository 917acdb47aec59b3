import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMigrationFiles } from '../../../infra/migrations/files.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { recordRegister } from '../../../lib/adapters/rds-data/statements/record-register.ts';
import { database } from '../../support/database.ts';
import { beatRecord, registerRecord } from '../../support/records.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { readKeptStatements } from './kept-statements.ts';
import { plan } from './planned.ts';

const files = await readMigrationFiles(join(import.meta.dirname, '../../../infra/migrations'));

describe('the code of the release before', () => {
  it.each(readKeptStatements())('finds all that $name names, and may do it, on the present schema', async ({ sql }) => {
    await expect(plan(sql)).resolves.not.toHaveLength(0);
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
