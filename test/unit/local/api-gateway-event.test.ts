import { describe, expect, it } from 'vitest';
import { asApiGatewaySends } from '../../../infra/local/host/api-gateway-event.ts';

/** As serverless-offline 14.8.2 makes it. */
const offline = (routeKey: string, authorizer: object) => ({
  body: null,
  headers: { host: '127.0.0.1:3000' },
  isBase64Encoded: false,
  pathParameters: { default: 'nope' },
  queryStringParameters: null,
  rawPath: '/nope',
  rawQueryString: '',
  requestContext: { requestId: 'offlineContext_resourceId', routeKey, stage: '$default', ...authorizer },
  routeKey,
  stageVariables: null,
  version: '2.0',
});

describe('an HTTP event under the local host', () => {
  it('lacks what the request lacks', () => {
    const event = asApiGatewaySends(offline('GET /workspaces/{id}', {}));
    for (const absent of ['body', 'queryStringParameters', 'stageVariables', 'requestContext.authorizer']) {
      expect(event).not.toHaveProperty(absent);
    }
    expect(event).toMatchObject({ pathParameters: { default: 'nope' }, headers: { host: '127.0.0.1:3000' } });
  });

  it('has an id of its own', () => {
    const ids = [1, 2].map(() => Reflect.get(Object(asApiGatewaySends(offline('GET /ready', {}))), 'requestContext'));
    expect(ids[0].requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[0].requestId).not.toBe(ids[1].requestId);
  });

  it('has no path parameters on $default', () => {
    expect(asApiGatewaySends(offline('$default', {}))).not.toHaveProperty('pathParameters');
  });

  it("says who signed on an operator's route", () => {
    const event = asApiGatewaySends(offline('GET /workspaces', { authorizer: { lambda: {}, jwt: {} } }));
    const iam = { accountId: '000000000000', userArn: 'arn:aws:iam::000000000000:user/local' };
    expect(event).toHaveProperty('requestContext.authorizer', { iam });
  });

  it.each([
    ['a scheduled event', { version: '0', source: 'aws.events', detail: {} }],
    ['the payload of an asynchronous invoke', { workspace_id: '019a0000-0000-7000-8000-000000000001' }],
    ['nothing', null],
  ])('is left alone when it is %s', (_, event) => {
    expect(asApiGatewaySends(event)).toBe(event);
  });
});
