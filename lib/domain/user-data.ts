/** What a runtime needs in order to register, as its user data carries it. */
export type Bootstrap = {
  readonly registry_url: string;
  readonly workspace_id: string;
  readonly generation: number;
  readonly bootstrap_token: string;
};

/** EC2 takes no more bytes of user data, counted before they are base64 (RunInstances, UserData). */
export const USER_DATA_BYTES = 16_384;

/** The MIME type of our part; cloud-init passes over types that it does not know. */
const BOOTSTRAP_TYPE = 'application/vnd.muster.bootstrap+json';

/**
 * The beginnings by which cloud-init tells documents apart, the longer before what it begins with.
 * Source: cloud-init, User data formats, and its module cloudinit.handlers.
 */
const TYPE_OF_BEGINNING = [
  ['## template: jinja', 'text/jinja2'],
  ['#!', 'text/x-shellscript'],
  ['#cloud-boothook', 'text/cloud-boothook'],
  ['#cloud-config-archive', 'text/cloud-config-archive'],
  ['#cloud-config-jsonp', 'text/cloud-config-jsonp'],
  ['#cloud-config', 'text/cloud-config'],
  ['#include-once', 'text/x-include-once-url'],
  ['#include', 'text/x-include-url'],
  ['#part-handler', 'text/part-handler'],
] as const;

/** cloud-init looks at the beginning of a plain text itself, as it does where there are no parts. */
const OTHER_TYPE = 'text/plain';

/** How far into a document cloud-init looks for `MIME-Version:`. */
const MIME_WINDOW = 4_096;

/** The part of the user data that is ours, without its MIME headers. */
export function bootstrapPart(bootstrap: Bootstrap): string {
  return JSON.stringify(bootstrap);
}

/** Whether bytes are gzip (RFC 1952). */
export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Whether cloud-init would read a document as MIME. */
export function isMime(document: Buffer): boolean {
  return document.toString('latin1', 0, MIME_WINDOW).toLowerCase().includes('mime-version:');
}

/**
 * One document of our part and the launch template's user data, as MIME multipart: cloud-init reads it as if it had the
 * template's alone, the agent finds our part in it. The same input always gives the same bytes, since a repeated launch
 * has to be the same request. It may be longer than EC2 takes ({@link USER_DATA_BYTES}).
 * @param bootstrap what {@link bootstrapPart} gives
 * @param template the template's user data; gzip of a MIME document has to be unpacked before, since cloud-init looks
 * for no MIME inside of a gzip part
 */
export function mergedUserData(bootstrap: string, template: Buffer | null): Buffer {
  const parts = [part(BOOTSTRAP_TYPE, Buffer.from(bootstrap))];
  if (template !== null && template.length > 0) parts.push(templatePart(template));
  const boundary = boundaryOutside(parts);
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\r\nMIME-Version: 1.0\r\n`;
  return Buffer.concat([
    Buffer.from(head),
    ...parts.flatMap((bytes) => [Buffer.from(`\r\n--${boundary}\r\n`), bytes]),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** A document that is MIME already has headers of its own: cloud-init walks into nested multiparts. */
function templatePart(template: Buffer): Buffer {
  if (isGzip(template)) return part('application/gzip', template);
  const text = template.toString('latin1').trimStart().toLowerCase();
  const type = TYPE_OF_BEGINNING.find(([beginning]) => text.startsWith(beginning))?.[1];
  return type === undefined && isMime(template) ? template : part(type ?? OTHER_TYPE, template);
}

/** Bytes that are not 7-bit text go as base64: on their way through cloud-init they would not stay what they are. */
function part(type: string, content: Buffer): Buffer {
  const isPlain = content.every((byte) => byte > 0 && byte < 0x80);
  const [encoding, body] = isPlain ? ['7bit', content] : ['base64', Buffer.from(wrapped(content.toString('base64')))];
  const headers = `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  return Buffer.concat([Buffer.from(headers), body]);
}

/** Lines of at most 76 characters (RFC 2045, section 6.8). */
function wrapped(base64: string): string {
  return base64.replace(/.{76}(?=.)/g, '$&\r\n');
}

function boundaryOutside(parts: readonly Buffer[]): string {
  for (let number = 1; ; number += 1) {
    const boundary = `muster-user-data-${number}`;
    if (parts.every((bytes) => !bytes.includes(boundary))) return boundary;
  }
}
