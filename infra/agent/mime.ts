/** One part of a MIME document: its media type in lower case, and its decoded body. */
export type MimePart = { readonly mediaType: string; readonly body: string };

/**
 * Reads the parts of a MIME document, those of nested multiparts included (RFC 2045, RFC 2046). Understands the
 * encodings that cloud-init's own tools write: 7bit, 8bit, binary and base64. Text that is no multipart has no parts
 * but itself.
 */
export function readMimeParts(document: string): MimePart[] {
  const lines = document.replace(/\r\n/g, '\n').replace(/^\n+/, '');
  const end = lines.indexOf('\n\n');
  if (end === -1) return [];
  const headers = readHeaders(lines.slice(0, end));
  const body = lines.slice(end + 2);
  const contentType = headers.get('content-type') ?? 'text/plain';
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (!mediaType.startsWith('multipart/')) {
    return [{ mediaType, body: decode(body, headers.get('content-transfer-encoding')) }];
  }
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const delimiter = boundary?.[1] ?? boundary?.[2];
  return delimiter === undefined ? [] : splitAt(body, `--${delimiter}`).flatMap(readMimeParts);
}

/** A header may go on in the next line when that one begins with white space (RFC 5322, folding). */
function readHeaders(block: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of block.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** What stands before the first delimiter and after the closing one is for readers without MIME, and is left out. */
function splitAt(body: string, delimiter: string): string[] {
  const parts: string[][] = [];
  let current: string[] | undefined;
  for (const line of body.split('\n')) {
    const bare = line.trimEnd();
    if (bare === `${delimiter}--`) break;
    if (bare === delimiter) {
      current = [];
      parts.push(current);
    } else current?.push(line);
  }
  return parts.map((lines) => lines.join('\n'));
}

function decode(body: string, encoding: string | undefined): string {
  return encoding?.toLowerCase() === 'base64' ? Buffer.from(body, 'base64').toString('utf8') : body;
}
