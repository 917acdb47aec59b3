import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../../infra/migrate.ts';
import { readMigrationFiles } from '../../../infra/migrations/files.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { recordRegister } from '../../../lib/adapters/rds-data/statements/record-register.ts';
import { database, databaseConfig, dropPool } from '../../support/database.ts';
import { OWNER_SECRET_ARN } from '../../support/provided.ts';
import { beatRecord, registerRecord } from '../../support/records.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { shared } from '../../support/shared.ts';
import { plan } from './planned.ts';
import { readStatementsOf } from './present-statements.ts';

const checkout = join(import.meta.dirname, '../../..');
const migrations = join(checkout, 'infra/migrations');
const claims = /^-- runs without it: new code$/m;

/** The newest migrations, as far back as each says that the code which came with it runs also before it. */
async function unneeded(): Promise<readonly string[]> {
  const found: string[] = [];
  const names = (await readMigrationFiles(migrations)).flatMap(({ kind, name }) =>
    kind === 'migration' ? [name] : [],
  );
  for (const name of names.reverse()) {
    if (!claims.test(await readFile(join(migrations, `${name}.sql`), 'utf8'))) break;
    found.push(name);
  }
  return found;
}

const left = await unneeded();
const statements = await readStatementsOf(checkout);
const { name } = databaseConfig;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-migrations-'));
  await cp(migrations, folder, { recursive: true });
  for (const file of left) await rm(join(folder, `${file}.sql`));
  await dropPool();
  const admin = new pg.Client({ ...shared.now.postgres, database: 'postgres' });
  await admin.connect();
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 OWNER ${shared.now.owner.user}`);
  await admin.end();
  await migrate({ ...databaseConfig, secretArn: OWNER_SECRET_ARN, budgetMs: 90_000 }, folder);
});

afterAll(() => rm(folder, { recursive: true }));

describe.runIf(left.length > 0)(`the present code, on a schema without ${left.join(', ')}, which says so`, () => {
  it.each(statements)('finds all that $name names, and may do it', async ({ sql }) => {
    await expect(plan(sql)).resolves.not.toHaveLength(0);
  });

  it('lets a runtime register and beat', async () => {
    const { id } = await makeWorkspace();
    const [registered] = await database.run(recordRegister, registerRecord(id));
    expect(registered?.answer).toMatchObject({ workspace_status: 'online' });
    const [beaten] = await database.run(recordHeartbeat, beatRecord(id));
    expect(beaten?.answer).toMatchObject({ workspace_status: 'online' });
  });
});
