import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const httpEvent = z.looseObject({
  version: z.literal('2.0'),
  routeKey: z.string(),
  requestContext: z.looseObject({ requestId: z.string(), authorizer: z.unknown().optional() }),
});

const account = '000000000000';
const operator = { accountId: account, userArn: `arn:aws:iam::${account}:user/local` };

/**
 * Makes of serverless-offline's HTTP event what API Gateway sends (payload 2.0), and leaves every other event alone.
 *
 * - What a request does not have is absent, not null.
 * - Each request has an id of its own, not one for all.
 * - `$default` has no path parameters.
 * - Routes with the `aws_iam` authorizer say who signed (locally nobody has to; it is always the same user).
 */
export function asApiGatewaySends(event: unknown): unknown {
  const parsed = httpEvent.safeParse(event);
  if (!parsed.success) return event;
  const { requestContext, ...rest } = parsed.data;
  const { authorizer, ...context } = requestContext;
  const present = Object.entries(rest).filter(
    ([name, value]) => value !== null && !(name === 'pathParameters' && rest.routeKey === '$default'),
  );
  return {
    ...Object.fromEntries(present),
    requestContext: {
      ...context,
      requestId: randomUUID(),
      ...(authorizer === undefined ? {} : { authorizer: { iam: operator } }),
    },
  };
}
