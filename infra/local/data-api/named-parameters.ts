/** A statement for PostgreSQL, and the name behind each of its `$1`, `$2`, …. */
export type Positional = { text: string; names: string[] };

/**
 * Literals, quoted identifiers, comments and casts, in which a colon starts no parameter; then a parameter.
 * Dollar quotes are missing, because the service does not know them.
 */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|::|:(\w+)/g;

/**
 * Replaces the named parameters of a statement by positional ones, as the Data API does.
 *
 * Each occurrence becomes a parameter of its own, so an expression that names one twice is not the same expression
 * twice (a GROUP BY on it fails with 42803). Inside `$$ … $$` a `:name` is replaced too, which silently corrupts the
 * body; so is the `:2` of an array slice.
 */
export function toPositional(sql: string): Positional {
  const names: string[] = [];
  const text = sql.replace(TOKENS, (token: string, name: string | undefined) =>
    name === undefined ? token : `$${names.push(name)}`,
  );
  return { text, names };
}
