import {
  type CloudWatchLogsClient,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import PQueue from 'p-queue';

const WINDOW_MS = 600_000;
const EVENTS_A_FUNCTION = 5;
/** A log that is longer than this is not read to its end. */
const PAGES_A_FUNCTION = 20;
const LONGEST_LINE = 600;
/** CloudWatch Logs lets an account search some five to ten times a second: all functions at once would be throttled. */
const AT_ONCE = 2;

/** Errors of our own logger, what a function throws, and what Lambda says of one that it ended. */
const PATTERN =
  '?"\\"level\\":\\"ERROR\\"" ?"Task timed out" ?"Runtime exited" ?"Runtime.ImportModuleError" ?"Invoke Error"';

/**
 * What the functions have complained of in the last ten minutes, the newest lines of each; of one that has no log,
 * nothing.
 * @param groups names of log groups
 */
export async function recentErrors(
  client: CloudWatchLogsClient,
  groups: readonly string[],
  now: number,
): Promise<string[]> {
  const queue = new PQueue({ concurrency: AT_ONCE });
  const found = await queue.addAll(
    groups.map((logGroupName) => async () => {
      const messages = await messagesOf(client, logGroupName, now - WINDOW_MS).catch(noneIfMissing);
      return messages.map((message) => `${logGroupName}: ${message.trim().slice(0, LONGEST_LINE)}`);
    }),
  );
  return found.flat();
}

/** A page holds what was found as far as was searched: it may be empty although a later one is not. */
async function messagesOf(client: CloudWatchLogsClient, logGroupName: string, startTime: number): Promise<string[]> {
  const pages = paginateFilterLogEvents({ client }, { logGroupName, startTime, filterPattern: PATTERN });
  const messages: string[] = [];
  let read = 0;
  for await (const { events = [] } of pages) {
    messages.push(...events.map(({ message = '' }) => message));
    read += 1;
    if (read === PAGES_A_FUNCTION) break;
  }
  return messages.slice(-EVENTS_A_FUNCTION);
}

function noneIfMissing(error: unknown): string[] {
  if (error instanceof ResourceNotFoundException) return [];
  throw error;
}
