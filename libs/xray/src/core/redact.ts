/**
 * Keys whose values are usually secrets, also as the end of a longer key: `newPassword`,
 * `db_secret`, `x-auth-token`. Some tokens are not secret: `nextToken` is a page marker.
 */
export const DEFAULT_REDACTED =
  /^(.*authorization|.*password|.*passwd|pwd|.*secret|.*(secret|private)[-_]?key|(.*(access|refresh|id|auth|session|csrf|xsrf|security|bearer)[-_]?)?token|cookie|set-cookie|.*api[-_ ]?key)$/i;

/**
 * The pattern of metadata keys to redact: the built-in list, the list plus further `keys` (in any
 * case), or a custom pattern that replaces the list.
 */
export function redactPattern(redact: string[] | RegExp | undefined): RegExp {
  if (redact instanceof RegExp) {
    // A pattern with the flags g or y keeps its position between calls and would miss every second
    // secret.
    return new RegExp(redact.source, redact.flags.replace(/[gy]/g, ''));
  }
  if (redact === undefined || redact.length === 0) return DEFAULT_REDACTED;
  const further = redact.map((key) => key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  return new RegExp(`${DEFAULT_REDACTED.source}|^(${further})$`, 'i');
}

/** What was found out about keys, by pattern: most come again with every request. */
const verdicts = new WeakMap<RegExp, Map<string, boolean>>();
const MAX_VERDICTS = 2_000;

/** The pattern of the last key: mostly there is only one. */
let latest = { pattern: DEFAULT_REDACTED, known: new Map<string, boolean>() };
verdicts.set(DEFAULT_REDACTED, latest.known);

function knownOf(pattern: RegExp): Map<string, boolean> {
  let known = verdicts.get(pattern);
  if (known === undefined) verdicts.set(pattern, (known = new Map<string, boolean>()));
  latest = { pattern, known };
  return known;
}

/** Whether what stands under `key` is to be redacted. */
export function isSecretKey(key: string, redacted: RegExp): boolean {
  const known = redacted === latest.pattern ? latest.known : knownOf(redacted);
  let secret = known.get(key);
  if (secret === undefined) {
    secret = redacted.test(key);
    if (known.size < MAX_VERDICTS) known.set(key, secret);
  }
  return secret;
}

/**
 * Clients quote the URL they connect to, including its password: `postgres://user:password@host`.
 */
const PASSWORD_IN_URL = /(:\/\/[^\s/?#:@]*:)[^\s/?#@]+@/g;

/** Returns `text` with the passwords in URLs removed. */
export function withoutPasswords(text: string): string {
  return text.includes('://') ? text.replace(PASSWORD_IN_URL, '$1[redacted]@') : text;
}
