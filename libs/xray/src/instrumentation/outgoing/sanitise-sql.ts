const MAX_SQL = 4_000;
const MAX_CACHED = 500;

/** Matches literals and comments as PostgreSQL parses them. Names in "…" and $1 are kept. */
const LITERALS =
  /"(?:[^"]|"")*"|[eE]'(?:[^'\\]|''|\\[\s\S])*'?|(?:\b[bBxXnN]|\b[uU]&)?'(?:[^']|'')*'?|\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$\d+|\b[A-Za-z_][\w$]*|\b\d[\w.]*(?:[eE][+-]?\d+)?/g;

/** Sanitised queries by text. Long texts are not cached: bulk inserts rarely repeat. */
const cache = new Map<string, string>();
const MAX_CACHED_TEXT = MAX_SQL;

/**
 * The query with every literal replaced by `?` and without comments. Parameters such as `$1` and
 * names are kept. At most 4,000 characters.
 */
export function sanitiseSql(text: string): string {
  if (text.length > MAX_CACHED_TEXT) return sanitise(text);
  const known = cache.get(text);
  if (known !== undefined) return known;
  const sanitised = sanitise(text);
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value!);
  cache.set(text, sanitised);
  return sanitised;
}

/** Does not read text beyond the limit. A literal that is cut in two still becomes `?`. */
function sanitise(text: string): string {
  const sanitised = withoutLiterals(text.slice(0, MAX_SQL));
  if (text.length <= MAX_SQL || sanitised.length === MAX_SQL) return sanitised;
  // Removing literals and comments made the text shorter, so more of it fits.
  return withoutLiterals(text.slice(0, MAX_SQL * 2)).slice(0, MAX_SQL);
}

function withoutLiterals(text: string): string {
  return text.replace(LITERALS, replace).replace(/\s+/g, ' ').trim();
}

const ZERO = 48;
const NINE = 57;

function replace(token: string): string {
  const first = token[0]!;
  const second = token.charCodeAt(1);
  if (first === '"' || (first === '$' && second >= ZERO && second <= NINE)) return token;
  if (token.startsWith('--') || token.startsWith('/*')) return ' ';
  if (token.includes("'") || first === '$' || (first >= '0' && first <= '9')) return '?';
  return token;
}
