import { bind } from './bind.ts';
import { DataApiError } from './errors.ts';
import { toPositional } from './named-parameters.ts';
import { fromPostgres } from './postgres-errors.ts';
import type { BatchExecuteStatement, ExecuteStatement } from './requests.ts';
import type { Session } from './sessions.ts';
import { run } from './statement.ts';
import { typesOf } from './values/catalogue.ts';
import { encode, type ResultField } from './values/encode.ts';
import { formatRecords } from './values/json-records.ts';
import { type ColumnMetadata, metadataOf } from './values/metadata.ts';

/** The service's limit for a result: 1 MiB. */
const RESULT_BYTES = 1024 * 1024;

/** The body of an answer to ExecuteStatement. */
export type ExecuteStatementAnswer = {
  numberOfRecordsUpdated: number;
  generatedFields?: [];
  records?: ResultField[][];
  columnMetadata?: ColumnMetadata[];
  formattedRecords?: string;
};

/**
 * Runs one statement. With continueAfterTimeout no time limit holds for it, nor for the rest of its transaction.
 *
 * @throws DataApiError for whatever PostgreSQL or the Data API refuses; the statement may have run, as when its result
 * is too large
 */
export async function execute(session: Session, request: ExecuteStatement): Promise<ExecuteStatementAnswer> {
  const bound = bind(toPositional(request.sql), request.parameters);
  if (request.continueAfterTimeout) await session.client.query('SET statement_timeout = 0').catch(rethrow);
  const result = await run(session.client, bound, RESULT_BYTES).catch(rethrow);
  const { columns } = result;
  // PostgreSQL never has generated fields: RETURNING is what gives them.
  if (columns === undefined) return { generatedFields: [], numberOfRecordsUpdated: updatedBy(result.tag) };

  const types = await typesOf(columns, session.catalogue, session.client);
  if (result.bytes > RESULT_BYTES) {
    throw new DataApiError('UnsupportedResultException', 'The result exceeds the size limit 1 MB.');
  }
  const records = result.rows.map((row) =>
    types.map((type, index) => encode(row[index] ?? null, type, request.resultSetOptions)),
  );
  if (request.formatRecordsAs === 'JSON') {
    return { numberOfRecordsUpdated: 0, formattedRecords: formatRecords(columns, records) };
  }
  if (!request.includeResultMetadata) return { numberOfRecordsUpdated: 0, records };
  return { numberOfRecordsUpdated: 0, records, columnMetadata: metadataOf(columns, types) };
}

/** Runs one statement once a parameter set. What a RETURNING would give is lost, as it is in the service. */
export async function executeBatch(
  session: Session,
  request: BatchExecuteStatement,
): Promise<{ updateResults: { generatedFields: [] }[] }> {
  const statement = toPositional(request.sql);
  const updateResults: { generatedFields: [] }[] = [];
  for (const parameters of request.parameterSets) {
    await run(session.client, bind(statement, parameters), 0).catch(rethrow);
    updateResults.push({ generatedFields: [] });
  }
  return { updateResults };
}

/** "INSERT 0 5", "UPDATE 5", "DELETE 5", "MERGE 5": the rows; any other tag counts none. */
function updatedBy(tag: string): number {
  return Number(/^(?:INSERT 0|UPDATE|DELETE|MERGE) (\d+)$/.exec(tag)?.[1] ?? 0);
}

function rethrow(error: unknown): never {
  throw fromPostgres(error);
}
