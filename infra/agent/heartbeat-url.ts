const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether a token may go there: over https, or on this machine in the clear; the token is the only name to be told. */
export function isUsableHeartbeatUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return username + password === '' && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname)));
}
