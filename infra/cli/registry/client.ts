import { NoAnswer, Refused, reasonOf } from '../failures.ts';
import type { RegistryAddress } from './address.ts';
import { readRefusal } from './problem.ts';
import { createSigner, type Sign } from './signature.ts';

/** API Gateway gives up after 30 s; waiting longer than that waits for nobody. */
const answerWithinMs = 35_000;

/** In the order in which they are sent; a name may come several times. */
export type Query = readonly (readonly [name: string, value: string])[];

export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Without a query; every part of it encoded. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
};

/** The operators' side of the registry's API. */
export type RegistryClient = {
  /**
   * @returns the JSON of a 2xx answer as it is
   * @throws {Refused} for any other answer, and when there are no credentials to sign with
   * @throws {NoAnswer} when none came, or one that is no JSON
   */
  call(call: Call): Promise<unknown>;
};

export function createRegistryClient({ url, region }: RegistryAddress, fetch: typeof globalThis.fetch): RegistryClient {
  const sign: Sign = region === null ? async ({ headers }) => headers : createSigner(region);
  return {
    async call({ method, path, query = [], body, headers = {}, signal }) {
      const target = new URL(`${url}${path}${queryString(query)}`);
      const text = body === undefined ? undefined : JSON.stringify(body);
      const content = text === undefined ? headers : { ...headers, 'content-type': 'application/json' };
      const signed = await signedBy(sign)({ method, url: target, headers: content, body: text });
      const doubt = method === 'GET' ? '' : ' Whether it was carried out is not known.';
      try {
        const response = await fetch(target, {
          method,
          headers: signed,
          ...(text !== undefined && { body: text }),
          // A signature is good for one host alone.
          redirect: 'manual',
          signal: AbortSignal.any([AbortSignal.timeout(answerWithinMs), ...(signal ? [signal] : [])]),
        });
        const answer = await response.text();
        if (!response.ok) throw readRefusal(response.status, answer, response.headers.get('retry-after'));
        return parsed(answer, url);
      } catch (cause) {
        if (cause instanceof Refused || cause instanceof NoAnswer) throw cause;
        throw new NoAnswer(`No answer from the registry at ${url}: ${reasonOf(cause)}.${doubt}`, { cause });
      }
    },
  };
}

function parsed(answer: string, url: string): unknown {
  try {
    return JSON.parse(answer);
  } catch (cause) {
    throw new NoAnswer(`What answers at ${url} does not speak JSON: is it the registry?`, { cause });
  }
}

/** Blanks as %20: under a signature a plus sign is itself. */
function queryString(query: Query): string {
  const pairs = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function signedBy(sign: Sign): Sign {
  return async (request) => {
    try {
      return await sign(request);
    } catch (cause) {
      throw new Refused(`The call cannot be signed: ${reasonOf(cause)}`, { cause });
    }
  };
}
