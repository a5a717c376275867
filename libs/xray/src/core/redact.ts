/** Keys whose values are secrets more often than not. */
export const DEFAULT_REDACTED =
  /^(authorization|proxy-authorization|password|passwd|pwd|secret|client_?secret|token|access_?token|refresh_?token|id_?token|cookie|set-cookie|x?-?api[-_]?key)$/i;

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
