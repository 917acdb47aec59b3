import type { Request } from '@middy/core';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger } from '../observability/logger.ts';

/** A scheduled or asynchronous function's work: what it answers is logged as its summary. */
export type Job<Event> = (event: Event, context: Context) => Promise<Readonly<Record<string, unknown>>>;

/**
 * The stack of every scheduled and asynchronous function: one line of summary, and errors are rethrown, since a
 * swallowed error is a retry and an alarm that never happen.
 */
export function job<Event>(name: string, work: Job<Event>) {
  return middy<Event, Readonly<Record<string, unknown>>>()
    .use({
      onError: ({ error, context }: Request<Event>) => {
        logger.error(`${name} failed`, { requestId: context.awsRequestId, error: error ?? 'no error was given' });
      },
    })
    .handler(async (event: Event, context: Context) => {
      const summary = await work(event, context);
      logger.info(name, { requestId: context.awsRequestId, ...summary });
      return summary;
    });
}
