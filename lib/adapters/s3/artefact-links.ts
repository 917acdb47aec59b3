import { partition } from '@aws-sdk/core/client';
import { formatUrl } from '@aws-sdk/core/util';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { Sha256 } from '@smithy/core/checksum';
import { escapeUriPath } from '@smithy/core/protocols';
import { s3Location } from '../../domain/declaration/source.ts';
import type { ArtefactLinks } from '../../domain/plan.ts';

export type ArtefactsConfig = {
  /** Of the buckets: S3 refuses a link that was signed for another Region than the bucket's. */
  readonly region: string;
  /** Of a server that stands for S3; buckets are then the first part of the path. */
  readonly endpoint?: string | undefined;
};

type Ports = {
  /** Keeps what it has found, and finds it anew before it expires. */
  readonly credentials: ReturnType<typeof defaultProvider>;
  readonly now: () => Date;
};

type Location = NonNullable<ReturnType<typeof s3Location>>;

/** Seconds that a link is good for, unless its credentials end before. */
const LINK_SECONDS = 900;

const PROCESS_PORTS: Ports = { credentials: defaultProvider(), now: () => new Date() };

/** A link could not be signed: there are no credentials, or only such as have ended. */
export class LinkNotSigned extends Error {
  override readonly name = 'LinkNotSigned';
}

/**
 * Signs links to artefacts in S3 (AWS Signature Version 4, in the query). Nothing is asked of S3, so a link is made also
 * for what is not there, or what the credentials may not read.
 * @throws LinkNotSigned from `linkTo`
 */
export function createArtefactLinks(config: ArtefactsConfig, { credentials, now } = PROCESS_PORTS): ArtefactLinks {
  const sign = async (location: Location): Promise<string> => {
    const identity = await credentials();
    const signingDate = now();
    const left = secondsBetween(signingDate, identity.expiration);
    if (left < 1) throw new Error('the credentials have ended');
    const signer = new S3RequestPresigner({ region: config.region, credentials: identity, sha256: Sha256 });
    const request = { method: 'GET', headers: {}, ...addressOf(location, config) };
    return formatUrl(await signer.presign(request, { expiresIn: Math.min(LINK_SECONDS, left), signingDate }));
  };

  return {
    async linkTo(source) {
      const location = s3Location(source);
      if (location === undefined) return source;
      return await sign(location).catch((cause: unknown) => {
        throw new LinkNotSigned(`no link to ${source} could be signed`, { cause });
      });
    },
  };
}

function secondsBetween(from: Date, to: Date | undefined): number {
  return to === undefined ? Number.POSITIVE_INFINITY : Math.floor((to.getTime() - from.getTime()) / 1_000);
}

/** S3's certificates are for one name before the endpoint's, so a bucket with dots in its own goes into the path. */
function addressOf({ bucket, key }: Location, { region, endpoint }: ArtefactsConfig) {
  const path = `/${escapeUriPath(key)}`;
  if (endpoint !== undefined) {
    const { protocol, hostname, port, pathname } = new URL(endpoint);
    const base = pathname.replace(/\/$/, '');
    return { protocol, hostname, path: `${base}/${bucket}${path}`, ...(port === '' ? {} : { port: Number(port) }) };
  }
  const host = `s3.${region}.${partition(region).dnsSuffix}`;
  return bucket.includes('.')
    ? { protocol: 'https:', hostname: host, path: `/${bucket}${path}` }
    : { protocol: 'https:', hostname: `${bucket}.${host}`, path };
}
