/**
 * Turns a glob with `*` (any text) and `?` (one character) into a case-insensitive test for whole
 * strings.
 *
 * Takes at most time proportional to text × glob. A glob from a sampling rule therefore cannot
 * stall the process, as a regular expression could.
 */
export function globMatcher(glob: string): (text: string) => boolean {
  const wanted = glob.toLowerCase().replace(/\*+/g, '*');
  if (wanted === '*') return () => true;
  if (!/[*?]/.test(wanted)) return (text) => text.toLowerCase() === wanted;
  return (text) => matches(wanted, text.toLowerCase());
}

/** Returns a test for whether any of `globs` matches. */
export function anyGlob(globs: readonly string[]): (text: string) => boolean {
  const matchers = globs.map(globMatcher);
  return (text) => matchers.some((fits) => fits(text));
}

function matches(glob: string, text: string): boolean {
  let at = 0;
  let g = 0;
  /**
   * Position of the latest `*` in the glob, and the position in the text up to which it matches.
   */
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (g < glob.length && glob[g] === '*') {
      star = g++;
      resume = at;
    } else if (g < glob.length && (glob[g] === '?' || glob[g] === text[at])) {
      g++;
      at++;
    } else if (star >= 0) {
      g = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}
