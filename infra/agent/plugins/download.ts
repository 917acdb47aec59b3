import { open, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { withDeadline } from '../deadline.ts';
import { hasExpired } from './expired-link.ts';
import { ArtefactError, isSystemError } from './failure.ts';

/** A download may take as long as it takes, but not stand still for longer than this. */
const IDLE_MS = 60_000;
const MOST_REDIRECTS = 5;

/** Only https, or http to this machine: on any other way the artefact's link, which may be signed, is readable. */
export function checkedUrl(text: string, base?: string): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (url === undefined) throw new ArtefactError('the link to the artefact is no URL');
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) return url;
  throw new ArtefactError(`the link to the artefact is ${url.protocol}//${url.host}, neither https nor this machine`);
}

/**
 * Streams the artefact behind `link` into the file `to`; memory does not grow with its size. Where a part of it is
 * there already, only the rest is asked for. Whether the two fit together is for the caller to check: what is behind a
 * link may have changed in between.
 * Throws {@link ArtefactError} for what the server says, and the system's own error for the disk. What has come by then
 * stays. Returns the Content-Encoding that was undone, if there was one.
 */
export async function download(
  link: string,
  to: string,
  fetch: typeof globalThis.fetch,
  stop: AbortSignal,
): Promise<string | undefined> {
  return await withDeadline(stop, IDLE_MS, async (signal, touch) => {
    const { response, resumed } = await begin(checkedUrl(link), to, fetch, signal);
    if (response.body === null) throw new ArtefactError('the download has no content');
    const body = Readable.fromWeb(response.body, { signal });
    try {
      await write(body, to, resumed ? 'a' : 'w', touch);
    } catch (error) {
      if (stop.aborted || isSystemError(error)) throw error;
      const idle = signal.reason instanceof Error ? `: ${signal.reason.message}` : '';
      throw new ArtefactError(`the download broke off before its end${idle}`, { cause: error });
    } finally {
      body.destroy();
    }
    if (resumed && isCutShort(response)) throw new ArtefactError('the download broke off before its end');
    return encodingOf(response);
  });
}

/** Not a stream into the file: one that is broken off may still write when the next attempt has begun. */
async function write(chunks: AsyncIterable<Uint8Array>, to: string, flags: string, touch: () => void): Promise<void> {
  const file = await open(to, flags);
  try {
    for await (const chunk of chunks) {
      touch();
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
}

type Beginning = { readonly response: Response; readonly resumed: boolean };

/** Asks for what is missing, and for all of it where the server cannot go on from there. */
async function begin(url: URL, to: string, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<Beginning> {
  const size = await sizeOf(to);
  if (size > 0) {
    const response = await follow(url, size, fetch, signal);
    if (response.status === 200) return { response, resumed: false };
    if (response.status === 206 && startOf(response) === size) return { response, resumed: true };
    await response.body?.cancel();
    await rm(to);
  }
  return { response: await follow(url, 0, fetch, signal), resumed: false };
}

async function sizeOf(file: string): Promise<number> {
  const there = await stat(file).catch(() => undefined);
  return there?.size ?? 0;
}

/** The first byte that a 206 holds. */
function startOf(response: Response): number | undefined {
  const [, start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
  return start === undefined ? undefined : Number(start);
}

/** Whether a 206 ends before the file does: a server may give less than it is asked for (RFC 9110, 15.3.7). */
function isCutShort(response: Response): boolean {
  const [, end, size] = /^bytes \d+-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  return Number(end) + 1 < Number(size);
}

function encodingOf(response: Response): string | undefined {
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  return encoding === 'identity' ? undefined : encoding;
}

/** The answer with the content, or one that says that there is nothing from the byte `from` on. */
async function follow(
  start: URL,
  from: number,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Response> {
  const usable = from === 0 ? [200] : [200, 206, 416];
  let url = start;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await ask(url, from, fetch, signal);
    if (usable.includes(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) throw refusal(url, response);
    url = checkedUrl(location, url.href);
  }
  throw new ArtefactError(`the download was redirected more than ${MOST_REDIRECTS} times`);
}

/** Without the query: in a pre-signed link that is the credential. */
function refusal(url: URL, { status, headers }: Response): ArtefactError {
  const from = `${url.host}${url.pathname}`;
  // This machine's own clock may be wrong, and the server goes by its own.
  const answeredAt = Date.parse(headers.get('date') ?? '');
  const expired = status === 403 && hasExpired(url, Number.isNaN(answeredAt) ? Date.now() : answeredAt);
  return new ArtefactError(
    expired
      ? `the link to ${from} has expired (403); a new one comes with the next plan`
      : `the download from ${from} was answered ${status}`,
  );
}

async function ask(url: URL, from: number, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<Response> {
  const range = from === 0 ? undefined : { range: `bytes=${from}-` };
  try {
    // A transfer encoding on top would be undone by fetch, and the checksum is of the file as it was published.
    return await fetch(url, { signal, redirect: 'manual', headers: { 'accept-encoding': 'identity', ...range } });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : 'no answer';
    throw new ArtefactError(`the download from ${url.host} failed: ${cause}`, { cause: error });
  }
}
