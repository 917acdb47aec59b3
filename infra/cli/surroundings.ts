/** Where a local stack of this checkout listens. */
type LocalStack = { readonly api: string; readonly lambda: string };

/** What a command needs of the process that runs it. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the operator is: paths on the command line start there. */
  readonly folder: string;
  readonly fetch: typeof globalThis.fetch;
  /** The newest local stack that runs, if any. */
  newestStack(): Promise<LocalStack | undefined>;
  /** A line to stdout. */
  print(text: string): void;
  /** A line to stderr. */
  warn(text: string): void;
  /** Of the terminal, in characters; Infinity where stdout is none. */
  readonly width: number;
  /** From now on Ctrl-C does not end the process but aborts this. */
  interrupted(): AbortSignal;
};
