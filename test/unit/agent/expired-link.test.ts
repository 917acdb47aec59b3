import { expect, it } from 'vitest';
import { download } from '../../../infra/agent/plugins/download.ts';
import { hasExpired } from '../../../infra/agent/plugins/expired-link.ts';

const signedAt = Date.UTC(2026, 1, 28, 23, 59, 30);
const link = 'https://bucket.example/a.tgz?X-Amz-Date=20260228T235930Z&X-Amz-Expires=900&X-Amz-Signature=secret';

it.each([
  { title: 'in its last second', query: link, after: 899_999, expired: false },
  { title: 'after it', query: link, after: 900_000, expired: true },
  { title: 'without a time of signing', query: link.replace('X-Amz-Date', 'Date'), after: 1e12, expired: false },
  { title: 'with a time that is none', query: link.replace('20260228T', '2026-02-28T'), after: 1e12, expired: false },
  { title: 'without an end', query: link.replace('X-Amz-Expires=900', ''), after: 1e12, expired: false },
  { title: 'with an end that is none', query: link.replace('900', 'soon'), after: 1e12, expired: false },
])('a link $title has expired: $expired', ({ query, after, expired }) => {
  expect(hasExpired(new URL(query), signedAt + after)).toBe(expired);
});

const refused = (status: number, date?: number, from = link) =>
  download(
    from,
    '/never/written',
    async () => new Response('', { status, headers: date === undefined ? {} : { date: new Date(date).toUTCString() } }),
    new AbortController().signal,
  ).catch((error: unknown) => (error instanceof Error ? error.message : ''));

it('goes by the clock of the server that refuses', async () => {
  expect(await refused(403, signedAt + 900_000)).toBe(
    'the link to bucket.example/a.tgz has expired (403); a new one comes with the next plan',
  );
  expect(await refused(403, signedAt + 60_000)).toBe('the download from bucket.example/a.tgz was answered 403');
});

it('goes by its own clock where the server does not tell its own', async () => {
  expect(await refused(403, undefined, link.replace('20260228', '20200228'))).toContain('has expired');
  expect(await refused(403, undefined, link.replace('20260228', '29990228'))).toContain('was answered 403');
});

it('says of no other refusal that the link has expired', async () => {
  expect(await refused(404, signedAt + 900_000)).toBe('the download from bucket.example/a.tgz was answered 404');
});
