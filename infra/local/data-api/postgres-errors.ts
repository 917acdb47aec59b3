import { DatabaseError } from 'pg';
import { DataApiError } from './errors.ts';

/** SQLSTATEs by which PostgreSQL says that it is going or not yet there. */
const UNAVAILABLE: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03']);

/**
 * What the Data API answers when PostgreSQL, or the connection to it, fails.
 *
 * A PostgreSQL error reads `ERROR: <message>; [Detail: …;] [Hint: …;] [Position: N;] SQLState: XXXXX`, also a FATAL one
 * (https://github.com/aws/aws-cli/issues/8577). Positions count in the statement as it was sent to PostgreSQL, with
 * `$1` in the place of a named parameter.
 */
export function fromPostgres(cause: unknown): DataApiError {
  if (cause instanceof DataApiError) return cause;
  if (!(cause instanceof DatabaseError) || cause.code === undefined || UNAVAILABLE.has(cause.code)) {
    return new DataApiError('DatabaseUnavailableException', "The writer instance in the DB cluster isn't available.", {
      cause,
    });
  }
  // Parse refuses a second statement; its syntax errors come from the scanner's own routine.
  if (cause.code === '42601' && cause.routine === 'exec_parse_message') {
    return new DataApiError('ValidationException', "Multistatements aren't supported.", { cause });
  }
  if (cause.code === '57014' && cause.message.includes('statement timeout')) {
    return new DataApiError('StatementTimeoutException', cause.message, { cause });
  }
  return new DataApiError('DatabaseErrorException', describe(cause, cause.code), { cause });
}

function describe({ message, detail, hint, position }: DatabaseError, code: string): string {
  const parts = [`ERROR: ${message}`];
  if (detail !== undefined) parts.push(`Detail: ${detail}`);
  if (hint !== undefined) parts.push(`Hint: ${hint}`);
  if (position !== undefined) parts.push(`Position: ${position}`);
  parts.push(`SQLState: ${code}`);
  return parts.join('; ');
}
