import { z } from 'zod';
import { UnexpectedAnswer } from '../failures.ts';

/** What an answer says, as this command reads it. @throws {UnexpectedAnswer} naming what is not as it should be. */
export function understood<T extends z.ZodType>(schema: T, answer: unknown): z.output<T> {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const problems = z.prettifyError(read.error).replaceAll(/\s+/g, ' ');
  throw new UnexpectedAnswer(
    `The registry answered, but not as this command expects (--json shows it as it is): ${problems}`,
  );
}
