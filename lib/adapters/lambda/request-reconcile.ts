import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ReconcileRequester } from '../../domain/reconcile.ts';
import { logger } from '../../observability/logger.ts';
import { count } from '../../observability/metrics.ts';

/**
 * Invokes the reconcile function asynchronously. One short try: its schedule finds what a lost invoke leaves behind,
 * and the runtime that waits for its answer must not wait for this.
 */
export function createReconcileRequester(
  { functionName }: { readonly functionName: string },
  client = createLambdaClient(),
): ReconcileRequester {
  return {
    async request(workspaceId) {
      try {
        await client.send(
          new InvokeCommand({
            FunctionName: functionName,
            InvocationType: 'Event',
            Payload: JSON.stringify({ workspace_id: workspaceId }),
          }),
        );
      } catch (error) {
        count('ReconcileInvokeFailed');
        logger.warn('reconcile could not be invoked; its schedule will find it', {
          workspace_id: workspaceId,
          error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        });
      }
    },
  };
}

function createLambdaClient(): LambdaClient {
  return new LambdaClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}
