import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { withDeadline } from '../deadline.ts';
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
 * Streams the artefact behind `link` into the new file `to`; memory does not grow with its size.
 * Throws {@link ArtefactError} for what the server says, and the system's own error for the disk.
 */
export async function download(
  link: string,
  to: string,
  fetch: typeof globalThis.fetch,
  stop: AbortSignal,
): Promise<void> {
  await withDeadline(stop, IDLE_MS, async (signal, touch) => {
    const response = await follow(checkedUrl(link), fetch, signal);
    if (response.body === null) throw new ArtefactError('the download has no content');
    const body = Readable.fromWeb(response.body);
    const touching = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        touch();
        yield chunk;
      }
    };
    try {
      await pipeline(body, touching, createWriteStream(to, { flags: 'wx' }), { signal });
    } catch (error) {
      if (stop.aborted || isSystemError(error)) throw error;
      const idle = signal.reason instanceof Error ? `: ${signal.reason.message}` : '';
      throw new ArtefactError(`the download broke off before its end${idle}`, { cause: error });
    }
  });
}

async function follow(start: URL, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<Response> {
  let url = start;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await ask(url, fetch, signal);
    if (response.status === 200) return response;
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) {
      // Without the query: in a pre-signed link that is the credential.
      throw new ArtefactError(`the download from ${url.host}${url.pathname} was answered ${response.status}`);
    }
    url = checkedUrl(location, url.href);
  }
  throw new ArtefactError(`the download was redirected more than ${MOST_REDIRECTS} times`);
}

async function ask(url: URL, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<Response> {
  try {
    // A transfer encoding on top would be undone by fetch, and the checksum is of the file as it was published.
    return await fetch(url, { signal, redirect: 'manual', headers: { 'accept-encoding': 'identity' } });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : 'no answer';
    throw new ArtefactError(`the download from ${url.host} failed: ${cause}`, { cause: error });
  }
}
