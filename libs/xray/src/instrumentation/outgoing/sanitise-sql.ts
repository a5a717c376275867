const MAX_SQL = 4_000;
const MAX_CACHED = 500;

/** Literals and comments, in the order in which PostgreSQL would see them; names in "…" and $1 stay. */
const LITERALS =
  /"(?:[^"]|"")*"|[eE]'(?:[^'\\]|''|\\[\s\S])*'?|(?:\b[bBxXnN]|\b[uU]&)?'(?:[^']|'')*'?|\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$\d+|\b[A-Za-z_][\w$]*|\b\d[\w.]*(?:[eE][+-]?\d+)?/g;

const cache = new Map<string, string>();

/**
 * The query with every literal replaced by `?` and without comments: parameters
 * stay `$1`, names stay. At most 4,000 characters.
 */
export function sanitiseSql(text: string): string {
  const known = cache.get(text);
  if (known !== undefined) return known;
  // What would be cut anyway is not looked at; a literal cut in two still becomes `?`.
  const sanitised = text
    .slice(0, MAX_SQL * 4)
    .replace(LITERALS, replace)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_SQL);
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value!);
  cache.set(text, sanitised);
  return sanitised;
}

function replace(token: string): string {
  const first = token[0]!;
  if (first === '"' || /^\$\d/.test(token)) return token;
  if (token.startsWith('--') || token.startsWith('/*')) return ' ';
  if (token.includes("'") || first === '$' || (first >= '0' && first <= '9')) return '?';
  return token;
}
