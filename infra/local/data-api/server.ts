import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { portOf } from '../ports.ts';
import type { Login } from '../postgres/owner-role.ts';
import { answerControl, type Calls } from './control.ts';
import { DataApiError } from './errors.ts';
import { createFaults, errorOfStatus } from './faults.ts';
import { createOperations, type Operation } from './operations.ts';
import { createSessions, type PostgresAddress } from './sessions.ts';
import { createTransactions } from './transactions.ts';
import { readJson, sendError, sendJson } from './wire.ts';

/** A running server; `url` is what the client takes as its endpoint. */
export type DataApi = { url: string; stop(): Promise<void> };

/**
 * Serves the RDS Data API of Aurora PostgreSQL (Serverless v2, provisioned) on 127.0.0.1 over a PostgreSQL server.
 *
 * Requests need no signature, but those of a web page (with an Origin header) are refused; resourceArn must be an ARN
 * and is not looked up. The database is the one that a request names. The routes below /_control (see answerControl) set
 * faults, count calls and drop pools.
 *
 * @param options.logins whom a secret logs in as, by its ARN; without it every secret does as `postgres` says
 * @param options.poolSize connections a database, held ones of transactions included
 * @param options.transactionIdleMs after which an unused transaction is rolled back
 * @param options.statementTimeoutMs after which a statement is cancelled
 */
export async function startDataApi(options: {
  postgres: PostgresAddress & Login;
  logins?: ReadonlyMap<string, Login>;
  poolSize?: number;
  transactionIdleMs?: number;
  statementTimeoutMs?: number;
}): Promise<DataApi> {
  const { postgres, poolSize = 16, transactionIdleMs = 180_000, statementTimeoutMs = 45_000 } = options;
  const { host, port, user, password } = postgres;
  const sessions = createSessions({ host, port }, { poolSize, statementTimeoutMs });
  const transactions = createTransactions(sessions, transactionIdleMs);
  const operations = createOperations(sessions, transactions, loginOf, statementTimeoutMs);
  const faults = createFaults();
  const calls: Calls = new Map();

  function loginOf(secretArn: string): Login {
    const login = options.logins === undefined ? { user, password } : options.logins.get(secretArn);
    if (login === undefined) throw new DataApiError('SecretsErrorException', "The secret provided wasn't found.");
    return login;
  }

  async function dropPool(database: string): Promise<void> {
    transactions.abandon(database);
    await sessions.drop(database);
  }

  async function answerOperation(operation: Operation, request: IncomingMessage, response: ServerResponse) {
    calls.set(operation.name, (calls.get(operation.name) ?? 0) + 1);
    const body = await readJson(request);
    await faults.before();
    const { sql, answer } = await operation.run(body);
    const lost = faults.after(sql);
    if (lost === undefined) sendJson(response, answer);
    else if (lost.status === undefined) request.socket.destroy();
    else sendError(response, errorOfStatus(lost.status));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Browsers name the page that asks. Without a signature to check, any page could run SQL here.
    if (request.headers.origin !== undefined) throw new DataApiError('ForbiddenException', 'Web pages are refused.');
    const path = request.url ?? '';
    if (path.startsWith('/_control/')) {
      sendJson(response, await answerControl(request, { faults, calls, dropPool }));
      return;
    }
    const operation = request.method === 'POST' ? operations.get(path) : undefined;
    if (operation === undefined) throw new DataApiError('UnknownOperationException', `${request.method} ${path}`);
    await answerOperation(operation, request, response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => sendError(response, error));
  });
  server.keepAliveTimeout = 0; // a client that reuses a connection never meets one that closes
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function stop(): Promise<void> {
    server.close();
    server.closeAllConnections();
    transactions.abandon();
    await sessions.end();
  }

  return { url: `http://127.0.0.1:${portOf(server)}`, stop };
}
