import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { StoreUnavailable, Unauthorized } from '../../../lib/domain/errors.ts';
import { http } from '../../../lib/middleware/http.ts';
import { job } from '../../../lib/middleware/job.ts';
import { inCall, noteInCall } from '../../../lib/observability/call.ts';
import { logger } from '../../../lib/observability/logger.ts';
import { httpEvent, lambdaContext } from '../../support/events.ts';
import { useWritten } from './written.ts';

const { documents, text } = useWritten();

const TOKEN = `eyJhbGciOiJIUzI1NiIsImtpZCI6ImsyIn0.${'c'.repeat(40)}.${'s'.repeat(43)}`;
const SIGNATURE = 'f00dfeed'.repeat(8);
const LINK = `https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA%2F2026&X-Amz-Signature=${SIGNATURE}&x-id=GetObject`;

const noTimes = { timesDatabase: false };

describe('the log, whatever it is given', () => {
  it.each<[string, () => void]>([
    ['a message', () => logger.info(`register with ${TOKEN} and ${LINK}`)],
    ['a detail', () => logger.warn('x', { nested: { list: [`Bearer ${TOKEN}`, LINK] } })],
    ["an error's message", () => logger.error('x', { error: new Error(`refused: ${TOKEN} ${LINK}`) })],
    ["an error's cause", () => logger.error('x', { error: new Error('x', { cause: new Error(`${TOKEN} ${LINK}`) }) })],
    ['a cause that is no error', () => logger.error('x', { error: new Error('x', { cause: `${TOKEN} ${LINK}` }) })],
    [
      'one of many errors',
      () => logger.error('x', { error: new AggregateError([new Error(`${TOKEN} ${LINK}`)], 'y') }),
    ],
    [
      "an error's own property",
      () => logger.error('x', { error: Object.assign(new Error('x'), { sent: TOKEN, LINK }) }),
    ],
    ['a header', () => logger.error('x', { headers: { Authorization: `Basic ${SIGNATURE}` } })],
    ['a text that is encoded for a URL', () => logger.info(`GET /x?body=%7B%22a%22%3A%22${TOKEN}`)],
    [
      'headers that sign a call',
      () => logger.error('x', { headers: { 'X-Amz-Security-Token': SIGNATURE, 'x-amz-signature': SIGNATURE } }),
    ],
    [
      'credentials',
      () =>
        logger.error('x', { credentials: { accessKeyId: 'x', secretAccessKey: SIGNATURE, sessionToken: SIGNATURE } }),
    ],
    [
      'an authorization that is signed',
      () => logger.error('x', { rawHeaders: [`AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=${SIGNATURE}`] }),
    ],
    ['user data', () => logger.error('x', { UserData: Buffer.from(TOKEN + LINK + SIGNATURE).toString('base64') })],
  ])('shows no secret that stands in %s', (_, log) => {
    log();
    expect(documents()).toHaveLength(1);
    expect(text()).not.toMatch(/eyJhbGci|c{40}|s{43}|f00dfeed|AKIA/);
    expect(text()).not.toContain(Buffer.from(TOKEN).toString('base64').slice(0, 20));
    expect(text()).toMatch(/\[token\]|\[removed\]/);
  });

  it('leaves what is no secret as it is', () => {
    logger.info('i-0123456789abcdef0 of 01890a5d-ac96-774b-bcce-b302099a8057', {
      link: 'https://a.example/k?x-id=Get',
    });
    expect(documents()).toMatchObject([
      { message: 'i-0123456789abcdef0 of 01890a5d-ac96-774b-bcce-b302099a8057', link: 'https://a.example/k?x-id=Get' },
    ]);
  });

  it('shows every part of an error that stands for many', () => {
    const parts = [new StoreUnavailable('down', { cause: new TypeError('socket') }), 'no error at all'];
    logger.error('x', { error: new AggregateError(parts, '2 parts failed') });
    expect(documents()[0].error).toMatchObject({
      message: '2 parts failed',
      errors: [{ name: 'StoreUnavailable', cause: { message: 'socket' } }, 'no error at all'],
    });
  });
});

describe('the lines of a call', () => {
  it('carry its keys, what is noted later too, and nothing of a call beside it', async () => {
    const call = (requestId: string, workspaceId: string) =>
      inCall({ requestId, workspaceId: undefined }, noTimes, async () => {
        logger.info('begun');
        await pause(5);
        noteInCall({ workspaceId, generation: 3 });
        await pause(5);
        logger.info('known');
      });
    await Promise.all([call('r1', 'w1'), call('r2', 'w2')]);
    logger.info('outside');
    const told = documents().map(({ message, requestId, workspaceId, generation }) => ({
      ...{ message, requestId, workspaceId, generation },
    }));
    expect(told).toEqual([
      { message: 'begun', requestId: 'r1' },
      { message: 'begun', requestId: 'r2' },
      { message: 'known', requestId: 'r1', workspaceId: 'w1', generation: 3 },
      { message: 'known', requestId: 'r2', workspaceId: 'w2', generation: 3 },
      { message: 'outside' },
    ]);
  });
});

describe('what a job throws', () => {
  const thrownBy = async (error: Error) =>
    job('sweep', () => Promise.reject(error))({}, lambdaContext()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

  it('is the very error', async () => {
    const error = new StoreUnavailable('down');
    expect(await thrownBy(error)).toBe(error);
  });

  it('has no secret, since Lambda writes it by itself', async () => {
    const error = new TypeError(`no such key: ${TOKEN}`, { cause: new Error(TOKEN) });
    const thrown = await thrownBy(error);
    if (!(thrown instanceof Error)) throw new Error('nothing was thrown');
    expect(thrown).toMatchObject({ name: 'TypeError', message: 'no such key: [token]' });
    expect(`${thrown.stack}${JSON.stringify(Object.entries(thrown))}${thrown.cause}`).not.toContain('c'.repeat(40));
    expect(text()).not.toContain('c'.repeat(40));
    // Where it was thrown is told all the same.
    expect(thrown.stack).not.toContain('redact.ts');
  });
});

describe('what a job throws, whose own properties Lambda writes too', () => {
  it.each([
    ['them', { sent: TOKEN, code: 'E1' }],
    ['what is in them', { request: { headers: [`Bearer ${TOKEN}`] }, code: 'E1' }],
    ['an error in them', { first: Object.assign(new Error('x'), { sent: TOKEN }) }],
    ['the message of an error in them', { first: new Error(TOKEN) }],
  ])('has no secret in %s', async (_, properties) => {
    const error = Object.assign(new TypeError('no such key'), properties);
    const thrown = await job('sweep', () => Promise.reject(error))({}, lambdaContext()).then(
      () => undefined,
      (rejected: unknown) => rejected,
    );
    expect(thrown).toMatchObject({ name: 'TypeError', message: 'no such key' });
    expect(inspect(Object.entries(Object(thrown)), { depth: null })).not.toContain('c'.repeat(40));
  });
});

describe('a call that is refused', () => {
  it('for its token is counted and writes no line', async () => {
    const refusing = http(() => Promise.reject(new Unauthorized('not ours')));
    expect(await refusing(httpEvent('POST /x'), lambdaContext())).toMatchObject({ statusCode: 401 });
    expect(documents().filter((line) => !('_aws' in line))).toEqual([]);
  });

  it('by a defect with a token in it is a line without it, that names the call', async () => {
    const event = httpEvent('POST /x');
    const failing = http(() => Promise.reject(new TypeError(`cannot read ${TOKEN}`)));
    expect(await failing(event, lambdaContext())).toMatchObject({ statusCode: 500 });
    const lines = documents().filter((line) => !('_aws' in line));
    expect(lines).toMatchObject([{ level: 'ERROR', requestId: event.requestContext.requestId }]);
    expect(text()).not.toContain('c'.repeat(40));
  });
});
