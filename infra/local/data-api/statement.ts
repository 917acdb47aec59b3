import type { ClientBase, Connection, Submittable } from 'pg';
import type { Bound } from './bind.ts';

/** A column of a result, as PostgreSQL describes it. `dataTypeModifier` is -1 where the type has none. */
export type Column = { name: string; dataTypeID: number; dataTypeModifier: number };

/**
 * What a statement gave. `columns` is undefined if it returns no rows; values are in PostgreSQL's text format;
 * `bytes` counts the result as it came over the wire (per row 2 bytes, 4 a column, and the values).
 */
export type Result = {
  columns: readonly Column[] | undefined;
  rows: (string | null)[][];
  bytes: number;
  tag: string;
};

/**
 * Runs one statement by the extended protocol with the given parameter types.
 *
 * node-postgres lets PostgreSQL guess every parameter's type, which accepts statements that the Data API refuses;
 * hence this class beside its own Query. Nothing is prepared under a name, so each call is parsed anew.
 *
 * @param byteLimit rows beyond it are counted but not kept
 * @throws pg.DatabaseError if PostgreSQL refuses the statement; Error if the connection is lost
 */
export async function run(client: ClientBase, bound: Bound, byteLimit: number): Promise<Result> {
  return await new Promise((resolve, reject) => {
    client.query(new Statement(bound, byteLimit, resolve, reject));
  });
}

/** The methods are those that node-postgres calls on its active query, message by message. */
class Statement implements Submittable {
  readonly #bound: Bound;
  readonly #byteLimit: number;
  readonly #resolve: (result: Result) => void;
  readonly #reject: (error: Error) => void;
  readonly #result: Result = { columns: undefined, rows: [], bytes: 0, tag: '' };

  constructor(bound: Bound, byteLimit: number, resolve: (result: Result) => void, reject: (error: Error) => void) {
    this.#bound = bound;
    this.#byteLimit = byteLimit;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): void {
    connection.stream.cork(); // one packet for the five messages
    connection.parse({ name: '', text: this.#bound.text, types: this.#bound.types.map(String) }, true);
    connection.bind({ values: this.#bound.values }, true);
    connection.describe({ type: 'P' }, true);
    connection.execute(null, true);
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: readonly Column[] }): void {
    this.#result.columns = fields;
  }

  handleDataRow({ fields, length }: { fields: (string | null)[]; length: number }): void {
    this.#result.bytes += length - 4; // the message's length counts itself
    if (this.#result.bytes <= this.#byteLimit) this.#result.rows.push(fields);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#result.tag = text;
  }

  handleEmptyQuery(): void {}

  handleCopyInResponse(connection: { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('COPY is not supported');
  }

  handleCopyData(): void {}

  handleError(error: Error): void {
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#result);
  }
}
