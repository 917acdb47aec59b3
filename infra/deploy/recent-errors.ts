import {
  type CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';

const WINDOW_MS = 600_000;
const EVENTS_A_FUNCTION = 5;
const LONGEST_LINE = 600;

/** Errors of our own logger, what a function throws, and what Lambda says of one that it ended. */
const PATTERN =
  '?"\\"level\\":\\"ERROR\\"" ?"Task timed out" ?"Runtime exited" ?"Runtime.ImportModuleError" ?"Invoke Error"';

/**
 * What the functions have complained of in the last ten minutes, a few lines each; of one that has no log, nothing.
 * @param groups names of log groups
 */
export async function recentErrors(
  client: CloudWatchLogsClient,
  groups: readonly string[],
  now: number,
): Promise<string[]> {
  const found = await Promise.all(
    groups.map(async (logGroupName) => {
      const command = new FilterLogEventsCommand({
        logGroupName,
        startTime: now - WINDOW_MS,
        filterPattern: PATTERN,
        limit: EVENTS_A_FUNCTION,
      });
      const { events = [] } = await client.send(command).catch(noneIfMissing);
      return events.map(({ message = '' }) => `${logGroupName}: ${message.trim().slice(0, LONGEST_LINE)}`);
    }),
  );
  return found.flat();
}

function noneIfMissing(error: unknown): { events: [] } {
  if (error instanceof ResourceNotFoundException) return { events: [] };
  throw error;
}
