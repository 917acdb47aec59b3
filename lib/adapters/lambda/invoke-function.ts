import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Counter } from '../../domain/metrics.ts';
import { logger } from '../../observability/logger.ts';
import { count } from '../../observability/metrics.ts';

/** A function whose schedule finds what a lost invoke leaves behind. */
type Invoked = {
  /** What it is called in the log: `reconcile`. */
  readonly name: string;
  readonly functionName: string;
  /** What counts the invokes that failed. */
  readonly failures: Counter;
};

/**
 * Makes asynchronous invokes of one function. Each is one short try, since a caller waits for it and the function's
 * schedule does not need it: a failed one is counted and logged, never thrown.
 */
export function createInvoker({ name, functionName, failures }: Invoked, client: LambdaClient) {
  return async (payload: Readonly<Record<string, string>>): Promise<void> => {
    try {
      await client.send(
        new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(payload) }),
      );
    } catch (error) {
      count(failures);
      logger.warn(`${name} could not be invoked; its schedule will find it`, {
        ...payload,
        error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      });
    }
  };
}

export function createLambdaClient(): LambdaClient {
  return new LambdaClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}
