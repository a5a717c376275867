/**
 * Keys whose values are secrets more often than not, also as the end of a longer one: `newPassword`,
 * `db_secret`, `x-auth-token`. Not every token is: `nextToken` is where a list goes on.
 */
export const DEFAULT_REDACTED =
  /^(.*authorization|.*password|.*passwd|pwd|.*secret|.*(secret|private)[-_]?key|(.*(access|refresh|id|auth|session|csrf|xsrf|security|bearer)[-_]?)?token|cookie|set-cookie|.*api[-_ ]?key)$/i;

/**
 * Which metadata keys are redacted: the usual ones, those and further `keys` (any case), or what
 * a pattern of one's own says instead.
 */
export function redactPattern(redact: string[] | RegExp | undefined): RegExp {
  if (redact instanceof RegExp) {
    // A pattern that remembers where it was would forget every second secret.
    return new RegExp(redact.source, redact.flags.replace(/[gy]/g, ''));
  }
  if (redact === undefined || redact.length === 0) return DEFAULT_REDACTED;
  const further = redact.map((key) => key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  return new RegExp(`${DEFAULT_REDACTED.source}|^(${further})$`, 'i');
}

/** Clients quote the URL they were given, with the password in it: `postgres://user:password@host`. */
const PASSWORD_IN_URL = /(:\/\/[^\s/?#:@]*:)[^\s/?#@]+@/g;

/** `text` without the passwords in its URLs. */
export function withoutPasswords(text: string): string {
  return text.includes('://') ? text.replace(PASSWORD_IN_URL, '$1[redacted]@') : text;
}
