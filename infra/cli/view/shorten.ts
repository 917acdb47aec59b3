/** Longest value that is shown whole, in characters: a SHA-256 is. */
const LONGEST = 72;
/** Of a longer one, how much of its end: file names and versions differ there. */
const END = 28;
const BEGIN = LONGEST - END - 1;
/** Of what two longer ones have in common, how much stands before their first difference. */
const BEFORE = 20;

/** A long text without its middle. */
export function shorten(text: string): string {
  return withoutMiddle([...text]);
}

/** Two texts that differ: of long ones what is shown holds their first difference. */
export function shortenPair(one: string, other: string): readonly [string, string] {
  const [was, is] = [[...one], [...other]];
  const at = was.findIndex((character, index) => character !== is[index]);
  const first = at === -1 ? was.length : at;
  const isShown = (text: readonly string[]) => text.length <= LONGEST || first < BEGIN || first >= text.length - END;
  const cut = isShown(was) && isShown(is) ? withoutMiddle : (text: readonly string[]) => around(text, first);
  return [cut(was), cut(is)];
}

function withoutMiddle(text: readonly string[]): string {
  return text.length <= LONGEST ? text.join('') : `${text.slice(0, BEGIN).join('')}…${text.slice(-END).join('')}`;
}

function around(text: readonly string[], at: number): string {
  const from = at - BEFORE;
  const to = from + LONGEST - 2;
  return `…${text.slice(from, to).join('')}${to < text.length ? '…' : ''}`;
}
