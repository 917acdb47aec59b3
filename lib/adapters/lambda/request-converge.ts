import type { ConvergeRequester } from '../../domain/operation.ts';
import { createInvoker, createLambdaClient } from './invoke-function.ts';

/** What the schedule sends: converge then takes all that owe something. */
const FOR_ALL = { 'detail-type': 'Scheduled Event' } as const;

/** Invokes the converge function, for one workspace or for all that owe something. */
export function createConvergeRequester(
  { functionName }: { readonly functionName: string },
  client = createLambdaClient(),
): ConvergeRequester {
  const invoke = createInvoker({ name: 'converge', functionName, failures: 'ConvergeInvokeFailed' }, client);
  return { request: (workspaceId) => invoke(workspaceId === null ? FOR_ALL : { workspace_id: workspaceId }) };
}
