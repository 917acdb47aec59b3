/**
 * On every answer. All of them are JSON, which no browser is to take for a page, to frame or to keep a trace of. CORS is
 * off: without an access-control header no web page of another origin can read them.
 */
export const SECURITY_HEADERS = {
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const;
