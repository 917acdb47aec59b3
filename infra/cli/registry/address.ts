import type { Target } from '../command-line/parse.ts';
import { Refused, WrongUsage } from '../failures.ts';
import type { Surroundings } from '../surroundings.ts';

/** Where the registry's API is; `region` is that of the signatures, null where calls are unsigned. */
export type RegistryAddress = { readonly url: string; readonly region: string | null };

type Finding = Pick<Surroundings, 'env' | 'newestStack'>;

/**
 * The registry of the command line, else of MUSTER_URL, else the newest local stack of this checkout.
 *
 * @throws {WrongUsage} when the URL is none that can be called, or a region is missing
 * @throws {Refused} when no stack runs
 */
export async function findRegistry(target: Target, { env, newestStack }: Finding): Promise<RegistryAddress> {
  const given = givenUrl(target, env);
  if (given === undefined) {
    const stack = await newestStack();
    if (stack === undefined) throw noStack();
    return { url: stack.api, region: null };
  }
  const url = given.href.replace(/\/$/, '');
  return isLoopback(given) ? { url, region: null } : { url, region: regionOf(target, env) };
}

/** What --url or MUSTER_URL says. @throws {WrongUsage} when it is no URL that can be called. */
export function givenUrl({ url }: Target, env: Surroundings['env']): URL | undefined {
  const [source, text] = url === undefined ? ['MUSTER_URL', env['MUSTER_URL'] || undefined] : ['--url', url];
  if (text === undefined) return undefined;
  const parsed = URL.parse(text);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) throw new WrongUsage(`${source} is not a URL: ${text}`);
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw new WrongUsage(`${source} takes a host and a path, nothing else`);
  }
  // Answers hold tokens.
  if (parsed.protocol === 'http:' && !isLoopback(parsed)) throw new WrongUsage(`${source} must be https: ${text}`);
  return parsed;
}

/** Whether it stays on this machine, where calls are unsigned. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** @throws {WrongUsage} when neither --region nor AWS_REGION names one. */
export function regionOf({ region }: Target, env: Surroundings['env']): string {
  const found = region ?? env['AWS_REGION'];
  if (!found) throw new WrongUsage('A registry on AWS needs --region, or AWS_REGION');
  return found;
}

export function noStack(): Refused {
  return new Refused('No stack of this checkout runs: npm start it first, in another terminal, or give --url.');
}
