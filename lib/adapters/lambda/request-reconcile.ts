import type { ReconcileRequester } from '../../domain/reconcile.ts';
import { createInvoker, createLambdaClient } from './invoke-function.ts';

/** Invokes the reconcile function for one workspace. */
export function createReconcileRequester(
  { functionName }: { readonly functionName: string },
  client = createLambdaClient(),
): ReconcileRequester {
  const invoke = createInvoker({ name: 'reconcile', functionName, failures: 'ReconcileInvokeFailed' }, client);
  return { request: (workspaceId) => invoke({ workspace_id: workspaceId }) };
}
