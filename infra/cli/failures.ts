/** The command cannot be carried out as it is written: exit code 2. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

/** The registry, or AWS before it, answered no: exit code 1. The message is one line for people. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** HTTP status; null where the refusal is no HTTP answer. */
  readonly status: number | null;
  /** What the answer asks to wait, in seconds; null where it asks for nothing. */
  readonly retryAfterSeconds: number | null;
  /** What was answered, as JSON; undefined where it was none. */
  readonly answer: unknown;

  constructor(
    message: string,
    options: ErrorOptions & { status?: number; retryAfterSeconds?: number | undefined; answer?: unknown } = {},
  ) {
    super(message, options);
    this.status = options.status ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.answer = options.answer;
  }
}

/** No answer, or none that can be read: exit code 1. Whether the call was carried out is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** An answer of another form than this command knows: exit code 1. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

/** Whether the same call may well succeed later: the answer was lost, asked for patience, or told of trouble there. */
export function mayPass(error: unknown): error is Refused | NoAnswer {
  if (error instanceof NoAnswer) return true;
  return error instanceof Refused && error.status !== null && (error.status === 429 || error.status >= 500);
}

/** Why no connection came about or held: fetch hides the reason one level down, some of Node's have no text. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause: unknown = error.cause ?? error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
}
