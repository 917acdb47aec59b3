import { describe, expect, it } from 'vitest';
import { type Column, drawTable } from '../../../infra/cli/view/table.ts';
import { describeValue } from '../../../infra/cli/view/text.ts';

type Row = { id: string; note: string };
const columns: readonly Column<Row>[] = [
  { title: 'id', minimum: 36, rank: 2, value: ({ id }) => id },
  { title: 'note', minimum: 6, rank: 1, value: ({ note }) => note },
];
const id = '019a0000-0000-7000-8000-000000000001';
const rows = [
  { id, note: 'short' },
  { id, note: 'a note that is longer' },
];

describe('a table', () => {
  it('shows everything where nobody limits its width, a line a row', () => {
    const lines = drawTable(columns, rows, Number.POSITIVE_INFINITY).split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[4]).toBe(`│ ${id} │ a note that is longer │`);
  });

  it.each([
    [60, `│ ${id} │ a note that is l… │`],
    [49, `│ ${id} │ a not… │`],
    [48, `│ ${id} │`],
    [39, `│ ${id} │ a note that is longer │`],
  ])('in %i characters gives columns up and never cuts an id', (width, line) => {
    expect(drawTable(columns, rows, width).split('\n')[4]).toBe(line);
  });

  it('is not broken by what a cell holds', () => {
    const text = drawTable(columns, [{ id, note: 'a\u001b[31m\nb' }], Number.POSITIVE_INFINITY);
    expect(text.split('\n')[3]).toBe(`│ ${id} │ a [31m b │`);
  });
});

it.each<[value: unknown, text: string]>([
  [null, '–'],
  ['', '–'],
  [0, '0'],
  [false, 'false'],
  ['x', 'x'],
  [['a', 1], 'a, 1'],
  [[], '–'],
  [{}, '–'],
  [{ a: 'b', c: null }, 'a=b, c=–'],
])('the value %j is shown as %s', (value, text) => {
  expect(describeValue(value)).toBe(text);
});
