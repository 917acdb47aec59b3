import { ClearError } from './stack/lifetime.ts';

const defaultPort = 3000;

/**
 * The port that PORT asks for; 3000 without it, 0 is any.
 *
 * @throws when it is no port
 */
export function wishedPort(text: string | undefined): number {
  if (text === undefined || text === '') return defaultPort;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new ClearError(`PORT is not a port: ${text}`);
  return port;
}
