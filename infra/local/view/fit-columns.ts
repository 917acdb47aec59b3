/** A column that wants to be `natural` characters wide, and is of no use below `minimum`. */
type Fittable = { readonly minimum: number; readonly natural: number; readonly rank: number };

/** A blank on either side of a cell's text, and the border on its left. */
const padding = 2;
const border = 1;

/**
 * Chooses the columns that fit a terminal and their widths, as cli-table3 counts them (padding included).
 * The higher its rank, the sooner a column is chosen, if it fits at its minimum beside those before it; what is wider
 * is then narrowed, the widest first. Empty when not even one fits.
 */
export function fitColumns<C extends Fittable>(
  columns: readonly C[],
  terminalWidth: number,
): { readonly column: C; readonly width: number }[] {
  const needed = (chosen: readonly C[], textWidth: (column: C) => number) =>
    chosen.reduce((sum, column) => sum + textWidth(column) + padding + border, border);
  const least = (column: C) => Math.min(column.minimum, column.natural);

  const chosen: C[] = [];
  for (const column of columns.toSorted((a, b) => b.rank - a.rank)) {
    if (needed([...chosen, column], least) <= terminalWidth) chosen.push(column);
  }
  chosen.sort((a, b) => columns.indexOf(a) - columns.indexOf(b));
  const widths = new Map(chosen.map((column) => [column, column.natural]));
  const width = (column: C) => widths.get(column) ?? column.natural;
  while (needed(chosen, width) > terminalWidth) {
    const shrinkable = chosen.filter((column) => width(column) > least(column));
    const widest = shrinkable.reduce((a, b) => (width(b) > width(a) ? b : a));
    widths.set(widest, width(widest) - 1);
  }
  return chosen.map((column) => ({ column, width: width(column) + padding }));
}
