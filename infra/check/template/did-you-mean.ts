/** Letters that may differ for a name to be taken for a misspelt one. */
const NEAR = 3;

/** ` (did you mean …?)` for the nearest of the names, if one is near: a person has to choose. */
export function didYouMean(given: string, names: Iterable<string>): string {
  const [nearest] = [...names]
    .map((name) => ({ name, distance: distanceBetween(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= NEAR && distance < name.length / 2)
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? '' : ` (did you mean ${nearest.name}?)`;
}

/** Letters to insert, drop or replace between two texts (Levenshtein). */
function distanceBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (const [other, wanted] of [...to].entries()) {
      const replaced = (row[other] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, (row[other + 1] ?? 0) + 1, (next[other] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
