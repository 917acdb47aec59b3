import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { handler as heartbeatHandler } from '../../functions/heartbeat/index.ts';
import { handler as reconcileHandler } from '../../functions/reconcile/index.ts';
import { handler as registerHandler } from '../../functions/register/index.ts';
import { httpEvent, lambdaContext } from './events.ts';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** Calls an HTTP handler as API Gateway would, and reads its JSON. */
export async function call(handler: Handler, event: APIGatewayProxyEventV2) {
  const { statusCode, body, headers } = await handler(event, lambdaContext());
  return { status: statusCode, body: JSON.parse(body ?? 'null'), headers };
}

/** POST /registry/register, through the handler that Lambda runs. */
export const register = (token: string, body: Record<string, unknown>) =>
  call(registerHandler, httpEvent('POST /registry/register', { token, body }));

/** POST /registry/heartbeat; a healthy beat of a process that has just begun, unless `beat` says otherwise. */
export const heartbeat = (token: string, workspaceId: string, beat: Record<string, unknown> = {}) =>
  call(
    heartbeatHandler,
    httpEvent('POST /registry/heartbeat', {
      token,
      body: { workspace_id: workspaceId, error_rate: 0, active_tasks: 0, uptime_seconds: 0, ...beat },
    }),
  );

/** The reconcile function, as its asynchronous invoke calls it. */
export const reconcile = (workspaceId: string) => reconcileHandler({ workspace_id: workspaceId }, lambdaContext());

/** The reconcile function, as its schedule calls it. */
export const reconcileOwed = () => reconcileHandler({ 'detail-type': 'Scheduled Event' }, lambdaContext());
