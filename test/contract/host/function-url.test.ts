import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, it, onTestFinished } from 'vitest';
import { openFunctionUrl } from '../../../infra/local/host/function-url.ts';

async function open(answer: (event: APIGatewayProxyEventV2) => unknown = () => ({ statusCode: 200 })) {
  const events: APIGatewayProxyEventV2[] = [];
  const { url, close } = await openFunctionUrl(async (event) => {
    events.push(event);
    return answer(event);
  });
  onTestFinished(close);
  return { url, events };
}

it('hands over any method and path as one event without a route, a signer or a path parameter', async () => {
  const { url, events } = await open();
  await fetch(`${url}some/where?a=1`, { method: 'PUT', headers: { 'X-Own': 'yes' } });
  const [event] = events;
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/some/where',
    rawQueryString: 'a=1',
    queryStringParameters: { a: '1' },
    headers: { 'x-own': 'yes' },
    requestContext: { accountId: 'anonymous', routeKey: '$default', stage: '$default', http: { method: 'PUT' } },
    isBase64Encoded: false,
  });
  expect(event).not.toHaveProperty('body');
  expect(event).not.toHaveProperty('pathParameters');
  expect(event?.requestContext).not.toHaveProperty('authorizer');
});

it.each([
  ['application/json', '{"ä":1}', false],
  ['text/plain', 'ä', false],
  ['application/octet-stream', Buffer.from('ä').toString('base64'), true],
])('hands over a body of %s as Lambda does', async (type, body, isBase64Encoded) => {
  const { url, events } = await open();
  await fetch(url, {
    method: 'POST',
    headers: { 'content-type': type },
    body: type === 'application/json' ? '{"ä":1}' : 'ä',
  });
  expect(events).toMatchObject([{ body, isBase64Encoded }]);
});

it('answers what the function answers', async () => {
  const { url } = await open(() => ({ statusCode: 409, headers: { 'x-own': 'yes' }, body: '{}' }));
  const answer = await fetch(url);
  expect({ status: answer.status, own: answer.headers.get('x-own'), text: await answer.text() }).toEqual({
    status: 409,
    own: 'yes',
    text: '{}',
  });
});

it.each([
  ['throws', () => Promise.reject(new Error('a defect'))],
  ['answers nonsense', () => ({ status: 'ok' })],
])('answers 502 where the function %s', async (_, answer) => {
  const { url } = await open(answer);
  expect((await fetch(url, { method: 'POST' })).status).toBe(502);
});

it('refuses web pages, and bodies that Lambda would not take', async () => {
  const { url, events } = await open();
  expect((await fetch(url, { headers: { origin: 'https://page.example' } })).status).toBe(403);
  expect((await fetch(url, { method: 'POST', body: Buffer.alloc(6 * 1024 * 1024 + 1) })).status).toBe(413);
  expect(events).toEqual([]);
});
