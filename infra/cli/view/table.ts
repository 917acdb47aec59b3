import Table from 'cli-table3';
import { fitColumns } from '../../local/view/fit-columns.ts';
import { oneLine } from './text.ts';

/** Of use from `minimum` characters on; a narrow terminal shows the columns of the highest `rank`. */
export type Column<Row> = {
  readonly title: string;
  readonly minimum: number;
  readonly rank: number;
  readonly value: (row: Row) => string;
};

/** @param width of the terminal, in characters; what is too narrow for the foremost column gets all of them, whole. */
export function drawTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string {
  const filled = columns.map((column) => {
    const cells = rows.map((row) => oneLine(column.value(row)));
    const natural = cells.reduce((longest, cell) => Math.max(longest, cell.length), column.title.length);
    return { ...column, cells, natural };
  });
  const foremost = Math.max(...columns.map(({ rank }) => rank));
  const fitting = fitColumns(filled, width);
  const hasForemost = fitting.some(({ column }) => column.rank === foremost);
  const shown = hasForemost ? fitting : fitColumns(filled, Number.POSITIVE_INFINITY);
  const table = new Table({
    head: shown.map(({ column }) => column.title),
    colWidths: shown.map((column) => column.width),
    style: { head: [], border: [], compact: true },
  });
  for (const index of rows.keys()) table.push(shown.map(({ column }) => column.cells[index] ?? ''));
  return table.toString();
}
