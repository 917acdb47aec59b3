import type * as z from 'zod/mini';
import type { Value } from './value.ts';

/** One SQL statement: its text, how its input is bound, and what each row of its answer must look like. */
export type Statement<Input, Row> = {
  readonly sql: string;
  readonly bind: (input: Input) => Readonly<Record<string, Value>>;
  readonly row: z.core.$ZodType<Row>;
};

/** Declares a statement, its types taken from its binder and its row schema. */
export function statement<Input, Row>(parts: Statement<Input, Row>): Statement<Input, Row> {
  return parts;
}
