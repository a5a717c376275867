/** How much of a query is recorded, and how much of its text is read for that. */
const MAX_SQL = 4_000;
const MAX_READ = 2 * MAX_SQL;
const MAX_CACHED = 500;

/**
 * Parameters, names and signs. A name before `'` or `&` is not among them, because it may be the prefix
 * of a literal.
 */
const KEPT =
  /\$\d+|\b[A-Za-z_][\w$]*(?![\w$'&])|"(?:[^"]|"")*"|[^\w\s'"$/-]|-(?!-)|\/(?!\*)| (?!\s)/;
/** Literals, comments and white space, as PostgreSQL parses them. */
const REPLACED =
  /[eE]'(?:[^'\\]|''|\\[\s\S])*'?|(?:\b[bBxXnN]|\b[uU]&)?'(?:[^']|'')*'?|\$(?<tag>[A-Za-z_]\w*)?\$[\s\S]*?(?:\$\k<tag>\$|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\s+|\b\d[\w.]*(?:[eE][+-]?\d+)?/;
const OTHER = /\b[A-Za-z_][\w$]*|[\s\S]/;
/** All that is kept up to the next literal is one match: a bulk insert has thousands of parameters. */
const PART = new RegExp(`((?:${KEPT.source})*)(?:(${REPLACED.source})|(${OTHER.source}))?`, 'y');

/** MySQL's strings: in single or double quotes, with backslash escapes. Names are in backticks. */
const MYSQL_TEXT = /'(?:[^'\\]|\\[\s\S]|'')*'?|"(?:[^"\\]|\\[\s\S]|"")*"?/g;

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

/** Like `sanitiseSql`, for MySQL and MariaDB. */
export function sanitiseMySql(text: string): string {
  return sanitiseSql(text.slice(0, MAX_READ).replace(MYSQL_TEXT, '?'));
}

/** Stops when enough is kept. A literal that is cut in two still becomes `?`. */
function sanitise(text: string): string {
  const read = text.slice(0, MAX_READ);
  // With the space, removed below, this is a new string: a part of `text` would hold all of it in memory.
  let sanitised = ' ';
  PART.lastIndex = 0;
  while (sanitised.length <= MAX_SQL && PART.lastIndex < read.length) {
    const [, kept, replaced = '', , other = ''] = PART.exec(read)!;
    sanitised += kept + replacement(replaced) + other;
  }
  return sanitised
    .replace(/[^\S ]\s*| \s+/g, ' ')
    .trim()
    .slice(0, MAX_SQL);
}

function replacement(token: string): string {
  const first = token[0];
  if (first === undefined) return '';
  return first === '-' || first === '/' || first.trim() === '' ? ' ' : '?';
}
