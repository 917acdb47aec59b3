import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { lambdaContext } from '../../support/events.ts';

/**
 * A process that calls handlers as Lambda does, one after the other, so that what it writes is all that they write:
 * `calls.ts <calls.json> <answers.json>`. What a handler throws is written as Lambda's own runtime writes it.
 */
const [, , given = '', answersFile = ''] = process.argv;
const calls = z
  .array(z.object({ name: z.string().regex(/^[a-z-]+$/), event: z.unknown() }))
  .parse(JSON.parse(readFileSync(given, 'utf8')));
const module = z.object({ handler: z.custom<(event: unknown, context: unknown) => Promise<unknown>>() });

/** Milliseconds that a function has; some wait for what is to come while there is time. */
const FUNCTION_MS = 20_000;

const answers: unknown[] = [];
for (const { name, event } of calls) {
  const { handler } = module.parse(await import(`../../../functions/${name}/index.ts`));
  const endsAt = Date.now() + FUNCTION_MS;
  const context = { ...lambdaContext(), getRemainingTimeInMillis: () => endsAt - Date.now() };
  try {
    answers.push(await handler(event, context));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { name: errorType, message: errorMessage, stack, ...rest } = error;
    console.error('Invoke Error', JSON.stringify({ errorType, errorMessage, stack, ...rest }));
    answers.push(null);
  }
}
writeFileSync(answersFile, JSON.stringify(answers));
