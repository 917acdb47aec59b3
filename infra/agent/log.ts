type LogField = string | number | boolean | null | undefined;

/**
 * Writes one event. Fields are flat on purpose: a whole request or answer, with the token in it, cannot be passed by
 * mistake.
 */
export type Log = (event: string, fields?: Readonly<Record<string, LogField>>) => void;

/** A log that writes each event as one JSON line: `{"at": ISO time, "event": name, ...fields}`. */
export function createLog(write: (line: string) => void, wallClock: () => Date): Log {
  return (event, fields = {}) => {
    write(`${JSON.stringify({ at: wallClock().toISOString(), event, ...fields })}\n`);
  };
}
