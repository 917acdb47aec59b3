import { randomBytes } from 'node:crypto';

/** The longest life of a token in seconds, as on EC2: six hours. */
const maxTtlSeconds = 21_600;

/** IMDSv2's session tokens. */
export class SessionTokens {
  readonly #expiries = new Map<string, number>();

  /** A new token, or undefined when the life asked for is not a whole number from 1 to 21,600. */
  issue(ttl: string | undefined): string | undefined {
    if (ttl === undefined || !/^\d{1,5}$/.test(ttl)) return undefined;
    const seconds = Number(ttl);
    if (seconds < 1 || seconds > maxTtlSeconds) return undefined;
    const token = randomBytes(40).toString('base64url');
    this.#expiries.set(token, performance.now() + seconds * 1_000);
    return token;
  }

  isValid(token: string | undefined): boolean {
    const expiry = token === undefined ? undefined : this.#expiries.get(token);
    return expiry !== undefined && performance.now() < expiry;
  }
}
