const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^,{}"]+)/g;

/**
 * The elements of a one-dimensional array in PostgreSQL's text format.
 *
 * @returns undefined for an array of more dimensions
 */
export function parseArray(text: string): (string | null)[] | undefined {
  const body = text.slice(text.indexOf('{')); // bounds other than 1 come first, as in [0:1]={1,2}
  if (body.startsWith('{{')) return undefined;
  return [...body.matchAll(ELEMENT)].map(([, quoted, plain]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/g, '$1');
    return plain === undefined || plain === 'NULL' ? null : plain;
  });
}
