import { describe, expect, it } from 'vitest';
import type { Ports } from '../../../infra/deploy/ports.ts';
import { rollBack } from '../../../infra/deploy/roll-back.ts';
import type { MigrationFile } from '../../../infra/migrations/files.ts';
import { sql } from '../../support/sql.ts';
import { place, SHA, useRollout } from './rolling-out.ts';

const rollout = useRollout();
const line = { ...place, to: SHA };

/** Ports for which the earlier commit's migrations are those of this checkout that `has` says. */
function portsWhere(has: (file: MigrationFile) => boolean, over: Partial<Ports> = {}): Ports {
  const ports = rollout.ports(over);
  const migrationFiles = async (root: string) =>
    (await ports.migrationFiles(root)).filter((file) => root === ports.root || has(file));
  return { ...ports, migrationFiles };
}

describe('a rollback', () => {
  it('deploys the earlier code, installed from its own lock file, and leaves the schema as it is', async () => {
    await rollout.deployedBefore();
    const ledger = () => sql('SELECT name, applied_at::text FROM schema_migrations ORDER BY name');
    const schema = await ledger();
    const commands: string[] = [];
    const processes: Ports['processes'] = {
      run: async ({ program, args, cwd }) => {
        commands.push(`${program} ${args.join(' ')} in ${cwd}`);
        return '';
      },
    };
    const ports = portsWhere(({ name }) => name < '0012', { processes });
    await rollBack(line, ports);
    expect(commands).toEqual([`npm ci in ${ports.scratch}/earlier`]);
    expect(rollout.deployed).toMatchObject([{ service: 'registry', root: `${ports.scratch}/earlier`, sha: SHA }]);
    expect(await ledger()).toEqual(schema);
    expect(rollout.said.at(-1)).toBe(`${SHA} runs on stage prod; the schema is as it was.`);
  });

  it('is refused for code from before a migration that does not say that such code runs with it', async () => {
    await rollout.deployedBefore();
    await expect(
      rollBack(
        line,
        portsWhere(({ name }) => name < '0011'),
      ),
    ).rejects.toThrow('it is not known that code from before 0011_power_cycle runs with it: its file does not say so');
    expect(rollout.deployed).toEqual([]);
  });

  it('is refused where the database has a migration that this checkout lacks', async () => {
    await rollout.deployedBefore();
    await sql(`INSERT INTO schema_migrations VALUES ('migration', '9998_later', 'x')`);
    const going = rollBack(line, rollout.ports());
    await expect(going).rejects.toThrow('the database has 9998_later, which this checkout lacks: update it');
    await sql(`DELETE FROM schema_migrations WHERE name = '9998_later'`);
  });

  it('is refused for a release whose migration of the same name is another one', async () => {
    await rollout.deployedBefore();
    const ports = rollout.ports();
    const migrationFiles = async (root: string) => {
      const files = await ports.migrationFiles(root);
      return root === ports.root ? files : files.map((file) => ({ ...file, sha256: 'another' }));
    };
    await expect(rollBack(line, { ...ports, migrationFiles })).rejects.toThrow(
      /0001_status is another one in that release/,
    );
  });

  it('of what was never deployed says so', async () => {
    await expect(rollBack(line, rollout.ports())).rejects.toThrow('the data stack is not there: nothing was deployed');
  });
});
