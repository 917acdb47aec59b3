/** What gives whoever reads it a right: our tokens, the signed parts of links, and what an HTTP caller sends as proof. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // No word boundary before it: encoded for a URL, what stands before a token ends in a digit.
  [/eyJ[\w-]{5,}\.[\w-]+\.[\w-]+/g, '[token]'],
  [/\b(Bearer\s+)[^\s"',;]+/gi, '$1[token]'],
  [/\b((?:Signature|Credential)=)[^\s"',;&]+/g, '$1[removed]'],
  [/\b(X-Amz-(?:Signature|Security-Token|Credential)(?:=|%3D))[^&\s"'<>]+/gi, '$1[removed]'],
];

/** Names under which a whole text is a secret, whatever it looks like. */
const SECRET_KEY =
  /^(authorization|cookie|user_?data|auth_?token|bootstrap_?token|secret_?string|password|secret_?access_?key|session_?token|x-amz-(security-token|signature))$/i;

/** A text without the secrets in it. The net under the rule that none is logged, not the rule. */
function withoutSecrets(text: string): string {
  return SECRETS.reduce((kept, [secret, instead]) => kept.replace(secret, instead), text);
}

/** Takes the secrets out of a document as it is written (a replacer of JSON.stringify). */
export function replaceSecrets(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return SECRET_KEY.test(key) ? '[removed]' : withoutSecrets(value);
}

/** What a job throws: the very error, or one without the secrets that its message, stack or own properties hold. */
export function safeToRethrow(error: Error): Error {
  const [message, stack] = [withoutSecrets(error.message), withoutSecrets(error.stack ?? '')];
  if (hasSafeProperties(error) && message === error.message && stack === (error.stack ?? '')) return error;
  return Object.assign(new Error(message), { name: error.name, stack });
}

/** Lambda writes an error's own properties as JSON, the errors among them too; what is no JSON cannot be looked through. */
function hasSafeProperties(error: Error): boolean {
  let isSafe = true;
  try {
    JSON.stringify({ ...error }, (key, value: unknown) => {
      isSafe &&= replaceSecrets(key, value) === value;
      return value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value;
    });
  } catch {
    return false;
  }
  return isSafe;
}
