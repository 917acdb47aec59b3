import type { Request } from '@middy/core';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { MusterError } from '../domain/errors.ts';
import { logger } from '../observability/logger.ts';
import { problemResponse } from './problem.ts';
import { asReply, REPLAYED } from './reply.ts';
import { type HttpRequest, readRequest, requestIdOf } from './request.ts';

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
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use({
      onError: (request: Request<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>) => {
        const { event, context, error } = request;
        request.response = problemOf(error, requestIdOf(event, context));
      },
    })
    .handler(async (event: APIGatewayProxyEventV2, context: Context) => {
      const answer = asReply(await handler(readRequest(event, context)));
      return {
        statusCode: answer.status ?? status,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers, ...answer.headers },
        body: JSON.stringify(answer.body),
      };
    });
}

function problemOf(error: unknown, requestId: string) {
  if (!(error instanceof MusterError)) {
    logger.error('a request failed', { requestId, error: error ?? 'no error was given' });
    return problemResponse('internal_error', requestId);
  }
  if (error.isOurs) logger.error(error.message, { requestId, error });
  return problemResponse(error.code, requestId, error.details, error.isReplayed ? REPLAYED : {});
}
