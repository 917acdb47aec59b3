import { expect, it } from 'vitest';
import { RepeatedRefusal, WorkspaceNotFound } from '../../../lib/domain/errors.ts';
import { http } from '../../../lib/middleware/http.ts';
import { REPLAYED, reply } from '../../../lib/middleware/reply.ts';
import type { HttpRequest } from '../../../lib/middleware/request.ts';
import { httpEvent, lambdaContext } from '../../support/events.ts';

/** Spelt out: what browsers are told is part of the contract. */
const SECURITY_HEADERS = {
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

async function answerTo(
  handler: (request: HttpRequest) => Promise<unknown>,
  headers: Record<string, string> = {},
  success?: Parameters<typeof http>[1],
) {
  const event = { ...httpEvent('POST /workspaces'), headers };
  const answer = await http(handler, success)(event, lambdaContext());
  return { status: answer.statusCode, headers: answer.headers ?? {}, body: JSON.parse(answer.body ?? 'null') };
}

it('a bare body is answered with the status and the headers of its function', async () => {
  const answer = await answerTo(async () => ({ status: 'ok' }), {}, { status: 201, headers: { 'x-own': 'yes' } });
  expect(answer).toEqual({
    status: 201,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-own': 'yes',
    },
    body: { status: 'ok' },
  });
});

it.each([
  ['of success', async () => ({})],
  ['of success with a reply of its own', async () => reply({ status: 202, headers: { 'x-own': 'yes' }, body: {} })],
  ['of a refusal', () => Promise.reject(new WorkspaceNotFound('none'))],
  ['of a defect', () => Promise.reject(new TypeError('a defect'))],
])('an answer %s tells browsers to keep off, and lets no other origin read it', async (_, handler) => {
  const { headers } = await answerTo(handler, { origin: 'https://page.example' });
  expect(headers).toMatchObject(SECURITY_HEADERS);
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

it('a reply is answered with its own status, and its headers beside those of its function', async () => {
  const handler = async () => reply({ status: 202, headers: REPLAYED, body: { id: 1 } });
  const answer = await answerTo(handler, {}, { status: 201, headers: { 'x-own': 'yes' } });
  expect(answer.status).toBe(202);
  expect(answer.headers).toMatchObject({ 'x-own': 'yes', 'idempotent-replayed': 'true' });
  expect(answer.body).toEqual({ id: 1 });
});

it('a reply that names no status has that of its function', async () => {
  expect(await answerTo(async () => reply({ body: {} }), {}, { status: 201 })).toMatchObject({ status: 201 });
});

it.each([
  ['a refusal that is repeated says so', new RepeatedRefusal('invalid_launch', { workspace_id: 'w' }), 422, 'true'],
  ['a refusal that is not does not', new WorkspaceNotFound('none'), 404, undefined],
])('%s', async (_, error, status, replayed) => {
  const answer = await answerTo(() => Promise.reject(error));
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ code: error.code, ...error.details });
  expect(answer.headers['idempotent-replayed']).toBe(replayed);
});

const keyIn = (headers: Record<string, string>) =>
  answerTo(async (request) => ({ key: request.idempotencyKey() }), headers);

it.each([
  ['in small letters, as API Gateway sends it', { 'idempotency-key': 'k-1' }, 'k-1'],
  ['as the caller wrote it', { 'Idempotency-Key': 'k-1' }, 'k-1'],
  ['of 255 characters', { 'idempotency-key': '~'.repeat(255) }, '~'.repeat(255)],
  ['that is not there', {}, null],
])('an idempotency key %s is read', async (_, headers, key) => {
  expect((await keyIn(headers)).body).toEqual({ key });
});

it.each([
  ['nothing', ''],
  ['256 characters', 'k'.repeat(256)],
  ['a space', 'a b'],
  ['a line break', 'ab\n'],
  ['a letter beyond ASCII', 'clé'],
  ['a control character', 'a\u007f'],
])('an idempotency key of %s is refused by its header name', async (_, key) => {
  const answer = await keyIn({ 'idempotency-key': key });
  expect(answer.status).toBe(400);
  expect(answer.body.errors).toMatchObject([{ field: 'Idempotency-Key' }]);
});
