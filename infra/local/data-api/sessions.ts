import { Pool, type PoolClient } from 'pg';
import type { Login } from '../postgres/owner-role.ts';
import { fromPostgres } from './postgres-errors.ts';
import type { Catalogue } from './values/catalogue.ts';

export type PostgresAddress = { host: string; port: number };

/** A connection that one call or one transaction holds. `close` makes its session as new and gives it back. */
export type Session = { client: PoolClient; database: string; catalogue: Catalogue; close(): void };

export type Sessions = {
  /** @throws DataApiError if the database does not exist, the login is refused, or PostgreSQL is not there */
  open(database: string, login: Login): Promise<Session>;
  /** Closes the connections to a database, so that it can be dropped. Waits for the calls that hold one. */
  drop(database: string): Promise<void>;
  /** Closes every connection at once, also those in use. */
  end(): Promise<void>;
};

/**
 * What DISCARD ALL does, but for DISCARD PLANS: that one throws away what PL/pgSQL has planned, and the next call of a
 * routine costs twice the time. These eight take about 0.1 ms, while the answer is already on its way.
 */
const RESET = [
  'CLOSE ALL',
  'SET SESSION AUTHORIZATION DEFAULT',
  'RESET ALL',
  'DEALLOCATE ALL',
  'UNLISTEN *',
  'SELECT pg_advisory_unlock_all()',
  'DISCARD TEMP',
  'DISCARD SEQUENCES',
].join('; ');

type Database = { name: string; pool: Pool; catalogue: Catalogue };

/**
 * Keeps a pool of connections for each database that is asked for, and each login that asks.
 *
 * @param limits.poolSize connections a pool
 * @param limits.statementTimeoutMs after which PostgreSQL cancels a statement; also how long a call waits for a free
 * connection
 */
export function createSessions(
  postgres: PostgresAddress,
  limits: { poolSize: number; statementTimeoutMs: number },
): Sessions {
  const databases = new Map<string, Database>();
  const inUse = new Set<PoolClient>();

  function find(name: string, login: Login): Database {
    const key = JSON.stringify([name, login.user, login.password]);
    const known = databases.get(key);
    if (known !== undefined) return known;
    const made = { name, pool: createPool({ ...postgres, ...login }, name, limits), catalogue: new Map() };
    databases.set(key, made);
    return made;
  }

  async function open(name: string, login: Login): Promise<Session> {
    const { pool, catalogue } = find(name, login);
    const client = await pool.connect().catch((error: unknown) => {
      throw fromPostgres(error);
    });
    inUse.add(client);
    const release = (broken: boolean) => {
      inUse.delete(client);
      client.release(broken);
    };
    const close = () => {
      // A BEGIN sent as a statement, or a transaction that was left: nothing of it may reach the next call.
      const rollback = client.getTransactionStatus() === 'I' ? '' : 'ROLLBACK; ';
      client.query(rollback + RESET).then(
        () => release(false),
        () => release(true),
      );
    };
    return { client, database: name, catalogue, close };
  }

  async function drop(name?: string): Promise<void> {
    const going = [...databases].filter(([, database]) => database.name === (name ?? database.name));
    for (const [key] of going) databases.delete(key);
    await Promise.all(going.map(([, { pool }]) => closePool(pool)));
  }

  async function end(): Promise<void> {
    for (const client of inUse) void client.end(); // its statement fails, and its holder releases it
    await drop();
  }

  return { open, drop, end };
}

function createPool(
  postgres: PostgresAddress & Login,
  database: string,
  { poolSize, statementTimeoutMs }: { poolSize: number; statementTimeoutMs: number },
): Pool {
  const pool = new Pool({
    ...postgres,
    database,
    max: poolSize,
    statement_timeout: statementTimeoutMs,
    connectionTimeoutMillis: statementTimeoutMs,
    options: '-c TimeZone=UTC',
    application_name: 'data-api',
  });
  // A connection that breaks in the pool is taken out by the pool; one that is held fails its holder's statement.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** `pool.end()` resolves before the sockets are closed, and PostgreSQL drops no database that has a connection. */
async function closePool(pool: Pool): Promise<void> {
  const closed = Promise.withResolvers<void>();
  let open = pool.totalCount;
  if (open === 0) closed.resolve();
  pool.on('remove', () => {
    open -= 1;
    if (open === 0) closed.resolve();
  });
  await pool.end();
  await closed.promise;
}
