import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { ensureApplicationLogin } from '../../infra/migrations/application-login.ts';
import { scramVerifier } from '../../infra/migrations/scram-verifier.ts';
import { createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { database, databaseConfig, dropPool, ownersDatabase } from '../support/database.ts';
import { shared } from '../support/shared.ts';

const { application, postgres, databaseName } = shared.now;
const secretOf = (password: string) => async () => JSON.stringify({ username: 'muster_app', password });
const ports = { asOwner: ownersDatabase, asApplication: database, readSecret: secretOf(application.password) };

/** What PostgreSQL says to a login with this password, past the Data API. */
async function login(password: string): Promise<string> {
  const client = new pg.Client({ ...postgres, user: 'muster_app', password, database: databaseName });
  try {
    await client.connect();
    return 'in';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end();
  }
}

// The role is the cluster's, and other files' functions are logging in with it.
afterEach(async () => {
  await dropPool();
  await ensureApplicationLogin(ports);
});

describe('the login of the functions', () => {
  it('is left alone where the secret opens the database already', async () => {
    const readSecret = () => Promise.reject(new Error('nobody asks'));
    expect(await ensureApplicationLogin({ ...ports, readSecret })).toBe(false);
  });

  it('is the secret’s password once a migration run has set it, which PostgreSQL is not told', async () => {
    const verifier = scramVerifier('another password');
    expect(verifier).not.toContain('another password');
    const told: string[] = [];
    const asOwner: typeof ownersDatabase = {
      run: (statement, ...rest) => {
        told.push(statement.sql);
        return ownersDatabase.run(statement, ...rest);
      },
    };
    const unknown = { run: () => Promise.reject(new Error('no login')) };
    const opened = ensureApplicationLogin({ ...ports, asOwner, asApplication: unknown });
    await expect(opened).rejects.toThrow('muster_app cannot log in with its secret: no login');
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('SCRAM-SHA-256$4096:');
    expect(told[0]).not.toContain(application.password);
    expect(await login(application.password)).toBe('in');
    expect(await login('a wrong one')).toContain('password authentication failed');
  });

  it.each([
    ['no JSON', 'hunter2'],
    ['of another role', '{"username": "muster_owner", "password": "hunter2"}'],
    ['without a password', '{"username": "muster_app"}'],
  ])('is not set from a secret that is %s, and none of it is told', async (_, document) => {
    const unknown = { run: () => Promise.reject(new Error('no login')) };
    const refused = ensureApplicationLogin({ ...ports, asApplication: unknown, readSecret: async () => document });
    const error = await refused.catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('The secret of the application is not');
    expect(String(error)).not.toContain('hunter2');
  });

  it('is refused for a secret that there is not', async () => {
    const stranger = createDatabase({ ...databaseConfig, secretArn: `${databaseConfig.secretArn}-x` });
    const asked = ensureApplicationLogin({ ...ports, asApplication: stranger });
    await expect(asked).rejects.toThrow(/SecretsErrorException/);
  });
});

describe('a SCRAM verifier', () => {
  it('is the one that PostgreSQL makes of the same password and salt', () => {
    // RFC 7677, section 3, whose user has the password "pencil".
    expect(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });

  it.each(['', 'pässword', 'two\nlines'])('is not made of %j', (password) => {
    expect(() => scramVerifier(password)).toThrow('printable ASCII');
  });
});
