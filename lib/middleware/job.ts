import type { Request } from '@middy/core';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Counter } from '../domain/metrics.ts';
import { databaseCallsMs, inCall } from '../observability/call.ts';
import { logger } from '../observability/logger.ts';
import { count, time } from '../observability/metrics.ts';
import { flushCounts } from '../observability/often.ts';
import { safeToRethrow } from '../observability/redact.ts';

/** A scheduled or asynchronous function's work: what it answers is logged as its summary. */
export type Job<Event> = (event: Event, context: Context) => Promise<Readonly<Record<string, unknown>>>;

/** What a schedule sends, and nobody who asks for a run out of turn. */
const scheduled = z.object({ source: z.enum(['aws.events', 'aws.scheduler']) });

const ofOne = z.object({ workspace_id: z.uuid() });

/** `runs` counts the schedule's runs that came to their end: a missing one is what its alarm waits for. */
type Named = { readonly name: string; readonly runs?: Counter };

/**
 * The stack of every scheduled and asynchronous function: one line of summary, one of how long its database calls took,
 * and errors are rethrown, since a swallowed error is a retry and an alarm that never happen.
 */
export function job<Event>(named: string | Named, work: Job<Event>) {
  const { name, runs }: Named = typeof named === 'string' ? { name: named } : named;
  const stack = middy<Event, Readonly<Record<string, unknown>>>()
    .use({
      onError: (request: Request<Event>) => {
        logger.error(`${name} failed`, { error: request.error ?? 'no error was given' });
        // Lambda logs by itself what it is thrown.
        if (request.error instanceof Error) request.error = safeToRethrow(request.error);
      },
    })
    .handler(async (event: Event, context: Context) => {
      try {
        const summary = await work(event, context);
        logger.info(name, summary);
        if (runs !== undefined && scheduled.safeParse(event).success) count(runs);
        return summary;
      } finally {
        time('DatabaseCallTime', databaseCallsMs());
        flushCounts();
      }
    });
  return (event: Event, context: Context) =>
    inCall(
      { requestId: context.awsRequestId, workspaceId: ofOne.safeParse(event).data?.workspace_id },
      { timesDatabase: true },
      () => stack(event, context),
    );
}
