const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * A bucket's name by the rules of S3 (User Guide, "General purpose bucket naming rules"): no two dots together, no IP
 * address. A key of characters that S3 calls safe.
 */
const S3 =
  /^s3:\/\/(?![^/]*\.\.)(?!\d+\.\d+\.\d+\.\d+\/)([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/([A-Za-z0-9!_.*'()/+=@~-]{1,1024})$/;

/**
 * A host without a user name before it, then anything but a fragment, which is never sent. Spelt out: a URL parser drops
 * tabs, line breaks and an empty user name, and takes backslashes and more than two slashes for two. What cannot be seen
 * (Cf) would make two sources look the same.
 */
const WEB = /^https?:\/\/[^\s\p{Cc}\p{Cf}\\#/?@]+(?:[/?][^\s\p{Cc}\p{Cf}\\#]*)?$/iu;

/** Where an artefact in S3 is; undefined for a source that is none. A part `.` or `..` means another key to a URL parser. */
export function s3Location(source: string): { readonly bucket: string; readonly key: string } | undefined {
  const [, bucket, key] = S3.exec(source) ?? [];
  if (bucket === undefined || key === undefined || key.split('/').some((part) => part === '.' || part === '..')) {
    return undefined;
  }
  return { bucket, key };
}

/**
 * Whether an artefact may be fetched from here: https without a user name or a fragment, `s3://bucket/key`, or plain http to loopback
 * where the configuration allows it (the local stack serves its own artefacts).
 */
export function isAllowedSource(source: string, allowLoopback: boolean): boolean {
  if (s3Location(source) !== undefined) return true;
  if (!WEB.test(source) || !URL.canParse(source)) return false;
  const url = new URL(source);
  return url.protocol === 'https:' || (allowLoopback && url.protocol === 'http:' && LOOPBACK.has(url.hostname));
}
