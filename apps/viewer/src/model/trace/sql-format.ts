/** A piece of a statement, for colouring. */
export interface SqlPiece {
  text: string;
  kind: 'keyword' | 'string' | 'comment' | 'plain';
}

/** Keywords that begin a new line. */
const CLAUSES =
  /^(SELECT|FROM|WHERE|GROUP BY|ORDER BY|HAVING|LIMIT|OFFSET|RETURNING|VALUES|SET|UNION ALL|UNION|EXCEPT|INTERSECT|WITH|INSERT INTO|UPDATE|DELETE FROM|ON CONFLICT|(?:LEFT |RIGHT |FULL |INNER |CROSS )?(?:OUTER )?JOIN|FOR UPDATE)$/i;

const KEYWORDS =
  /^(SELECT|DISTINCT|FROM|WHERE|GROUP|ORDER|BY|HAVING|LIMIT|OFFSET|RETURNING|VALUES|SET|UNION|ALL|EXCEPT|INTERSECT|WITH|RECURSIVE|INSERT|INTO|UPDATE|DELETE|ON|CONFLICT|DO|NOTHING|LEFT|RIGHT|FULL|INNER|CROSS|OUTER|JOIN|LATERAL|FOR|AND|OR|NOT|IN|IS|NULL|LIKE|ILIKE|BETWEEN|EXISTS|CASE|WHEN|THEN|ELSE|END|AS|ASC|DESC|USING|ANY|TRUE|FALSE|CREATE|TABLE|INDEX|ALTER|DROP|BEGIN|COMMIT|ROLLBACK|OVER|PARTITION|FILTER|COALESCE|COUNT|SUM|MIN|MAX|AVG)$/i;

const TOKEN =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\3\$|$))|("(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$))|([A-Za-z_][\w$]*)|(\$\d+|\d+(?:\.\d+)?)|(\s+)|([(),;])|([^\s])/g;

interface Token {
  text: string;
  kind: SqlPiece['kind'];
  word: boolean;
}

/** Longer statements are not formatted. */
const LONGEST = 20_000;

/**
 * Formats a statement for reading: each clause on its own line, AND, OR and the items of lists below each other, the
 * contents of brackets unchanged. Only white space is changed, so that the copied text is what ran.
 */
export function formatSql(sql: string): SqlPiece[] {
  if (sql.length > LONGEST) return [{ text: sql, kind: 'plain' }];
  const tokens = merge(tokenize(sql));
  const pieces: SqlPiece[] = [];
  let depth = 0;
  let clause = '';
  let between = false;
  let previous: Token | undefined;
  const put = (text: string, kind: SqlPiece['kind'] = 'plain'): void =>
    void pieces.push({ text, kind });
  for (const token of tokens) {
    const upper = token.text.toUpperCase();
    const first = previous === undefined;
    if (token.text === ')') depth = Math.max(0, depth - 1);
    const top = depth === 0;
    if (
      token.word &&
      CLAUSES.test(token.text) &&
      (top || /^(SELECT|FROM|WHERE)$/i.test(token.text) === false)
    ) {
      if (top) {
        if (!first) put('\n');
        clause = upper;
      } else if (!first && previous?.text !== '(') put(' ');
    } else if (top && token.word && (upper === 'OR' || (upper === 'AND' && !between))) put('\n  ');
    else if (!first && needsSpace(previous, token)) put(' ');
    if (upper === 'BETWEEN') between = true;
    else if (upper === 'AND') between = false;
    put(token.text, token.kind);
    if (token.text === '(') depth++;
    if (
      token.text === ',' &&
      depth === 0 &&
      (clause === 'SELECT' || clause === 'SET' || clause === 'WITH')
    ) {
      put('\n  ');
      previous = undefined;
      continue;
    }
    if (token.kind === 'comment' && token.text.startsWith('--')) {
      put('\n');
      previous = undefined;
      continue;
    }
    previous = token;
  }
  return join(pieces);
}

function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(TOKEN)) {
    const text = match[0];
    if (match[7] !== undefined) {
      if (tokens.length) tokens.push({ text: ' ', kind: 'plain', word: false });
    } else if (match[1] !== undefined) tokens.push({ text, kind: 'comment', word: false });
    else if (match[2] !== undefined) tokens.push({ text, kind: 'string', word: false });
    else if (match[5] !== undefined) {
      tokens.push({ text, kind: KEYWORDS.test(text) ? 'keyword' : 'plain', word: true });
    } else tokens.push({ text, kind: 'plain', word: false });
  }
  return tokens;
}

/** Merges `ORDER` and `BY` into one token. White space between tokens is stored with the second one. */
function merge(tokens: Token[]): Token[] {
  const words = tokens.filter((token) => token.text !== ' ');
  const merged: Token[] = [];
  for (let at = 0; at < words.length; at++) {
    let token = words[at] as Token;
    for (let more = 2; more >= 1; more--) {
      const parts = words.slice(at, at + more + 1);
      const text = parts.map((part) => part.text).join(' ');
      if (parts.length === more + 1 && parts.every((part) => part.word) && CLAUSES.test(text)) {
        token = { text, kind: 'keyword', word: true };
        at += more;
        break;
      }
    }
    merged.push(token);
  }
  return spaced(merged, tokens);
}

const spaceBefore = new WeakSet<Token>();

function spaced(merged: Token[], tokens: Token[]): Token[] {
  let at = 0;
  for (const token of merged) {
    if (tokens[at]?.text === ' ') {
      spaceBefore.add(token);
      at++;
    }
    let parts = token.word ? token.text.split(' ').length : 1;
    while (parts > 0 && at < tokens.length) {
      if (tokens[at]?.text !== ' ') parts--;
      at++;
    }
  }
  return merged;
}

function needsSpace(previous: Token | undefined, token: Token): boolean {
  return previous !== undefined && spaceBefore.has(token);
}

function join(pieces: SqlPiece[]): SqlPiece[] {
  const joined: SqlPiece[] = [];
  for (const piece of pieces) {
    const last = joined[joined.length - 1];
    if (last?.kind === piece.kind) last.text += piece.text;
    else joined.push({ ...piece });
  }
  return joined;
}

/** The statement on one line. */
export function oneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim();
}
