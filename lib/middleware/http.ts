import type { Request } from '@middy/core';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { MusterError } from '../domain/errors.ts';
import { logger } from '../observability/logger.ts';
import { problemResponse } from './problem.ts';

/** An answer: its body becomes JSON. */
export type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<Answer>;

const requestIdOf = (event: APIGatewayProxyEventV2, context: Context): string =>
  event.requestContext?.requestId ?? context.awsRequestId;

/**
 * The stack of every HTTP function: answers become JSON, errors become problem+json. An error that is not Muster's own
 * is a defect: logged whole, answered without a word of it.
 */
export function http(handler: HttpHandler) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use({
      onError: (request: Request<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>) => {
        const { event, context, error } = request;
        const requestId = requestIdOf(event, context);
        if (error instanceof MusterError) {
          if (error.code === 'store_unavailable') logger.error('the store is unavailable', { requestId, error });
          request.response = problemResponse(error.code, requestId, error.fields);
        } else {
          logger.error('a request failed', { requestId, error: error ?? 'no error was given' });
          request.response = problemResponse('internal_error', requestId);
        }
      },
    })
    .handler(async (event: APIGatewayProxyEventV2, context: Context) => {
      const { status, body, headers } = await handler(event, context);
      return {
        statusCode: status,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
        body: JSON.stringify(body),
      };
    });
}

/** The id under which a request is known in events, answers and logs. */
export { requestIdOf };
