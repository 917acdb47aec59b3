import type { Request } from '@middy/core';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { MusterError, Unauthorized } from '../domain/errors.ts';
import { inCall, noteInCall } from '../observability/call.ts';
import { logger } from '../observability/logger.ts';
import { countOften, flushDueCounts } from '../observability/often.ts';
import { problemResponse } from './problem.ts';
import { asReply, REPLAYED } from './reply.ts';
import { type HttpRequest, readRequest, requestIdOf } from './request.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** How a function answers when nothing is wrong. */
type Success = { readonly status?: number; readonly headers?: Readonly<Record<string, string>> };

/**
 * The stack of every HTTP function: what the handler returns becomes JSON (a `reply` also its status and headers),
 * errors become problem+json. An error that is not Muster's own is a defect: logged whole, answered without a word of it.
 */
export function http(
  handler: (request: HttpRequest) => Promise<unknown>,
  { status = 200, headers = {} }: Success = {},
) {
  const stack = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use({
      onError: (request: Request<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>) => {
        const { event, context, error } = request;
        request.response = problemOf(error, requestIdOf(event, context));
      },
    })
    .handler(async (event: APIGatewayProxyEventV2, context: Context) => {
      flushDueCounts();
      const answer = asReply(await handler(readRequest(event, context)));
      return {
        statusCode: answer.status ?? status,
        headers: {
          ...SECURITY_HEADERS,
          'content-type': 'application/json',
          'cache-control': 'no-store',
          ...headers,
          ...answer.headers,
        },
        body: JSON.stringify(answer.body),
      };
    });
  return (event: APIGatewayProxyEventV2, context: Context) =>
    inCall({ requestId: requestIdOf(event, context) }, { timesDatabase: false }, () => stack(event, context));
}

function problemOf(error: unknown, requestId: string) {
  if (!(error instanceof MusterError)) {
    logger.error('a request failed', { error: error ?? 'no error was given' });
    return problemResponse('internal_error', requestId);
  }
  // No line for each: whoever forges tokens would fill the log.
  if (error instanceof Unauthorized) countOften('AuthenticationFailures');
  if (error.details.workspace_id !== undefined) noteInCall({ workspaceId: error.details.workspace_id });
  if (error.isOurs) logger.error(error.message, { error });
  return problemResponse(error.code, requestId, error.details, error.isReplayed ? REPLAYED : {});
}
