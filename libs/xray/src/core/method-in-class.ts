/** Where a class is in a text. */
export interface ClassBody {
  readonly text: string;
  /** The text without comments and strings. */
  readonly code: string;
  /** Where its opening brace is. */
  readonly body: number;
}

const MODIFIERS =
  /(?<![\p{ID_Continue}$@.])((?:(?:public|private|protected|static|async|override|abstract|get|set)\s+)*)(?:\*\s*)?$/u;
/** How far back from a name the code before it is looked for. Comments may lie between. */
const MAX_BEFORE = 20_000;
/** What can precede a method on its line. */
const BEFORE_METHOD = /(?:^|[;{})]|@[\p{ID_Continue}$.]+)$/u;
/** What can precede it on an earlier line: anything that does not continue in the next one. */
const CONTINUES =
  /(?:=>|[^\p{ID_Continue}$;{})\]>'"`]|(?<![\p{ID_Continue}$.])(?:new|await|typeof|void|delete|in|of|instanceof|extends|yield|as|is|keyof|satisfies))$/u;

/**
 * The index of the name of a method in the text of its class. Of several declarations the last
 * counts: overloads precede it, and at run time it replaces others.
 */
export function methodIn(found: ClassBody, method: string, isStatic: boolean): number | undefined {
  const { text, code, body } = found;
  let last: number | undefined;
  let depth = 0;
  for (let at = body + 1; at < code.length && depth >= 0; at++) {
    const char = code[at]!;
    if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    if (depth !== 0) continue;
    const quoted = char === "'" || char === '"';
    const name = quoted ? at + 1 : at;
    if (!text.startsWith(method, name)) continue;
    if (quoted ? text[name + method.length] !== char : !isWord(code, at, method.length)) continue;
    const end = name + method.length + (quoted ? 1 : 0);
    if (opensParameters(code, end) && isMember(code, body, at, isStatic)) last = at;
  }
  return last;
}

const IN_NAME = /[\p{ID_Continue}$#.@]/u;

function isWord(code: string, at: number, length: number): boolean {
  return !IN_NAME.test(code[at - 1]!) && !IN_NAME.test(code[at + length] ?? '');
}

/** Whether parameters follow, perhaps after a question mark and type parameters. */
function opensParameters(code: string, from: number): boolean {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    const char = code[at]!;
    if (char === '<') depth++;
    else if (char === '>' && code[at - 1] !== '=') depth--;
    else if (depth === 0 && !/[\s?]/.test(char)) return char === '(';
  }
  return false;
}

/** Whether a name at `at` can only be that of a method, and not a call in the value of a property. */
function isMember(code: string, body: number, at: number, isStatic: boolean): boolean {
  const start = Math.max(body + 1, at - MAX_BEFORE);
  const before = code
    .slice(start, at)
    .replace(/\s+/g, (blank) => (blank.includes('\n') ? '\n' : ' '));
  const modifiers = MODIFIERS.exec(before)!;
  if (/\b[gs]et\b/.test(modifiers[1]!) || /\bstatic\b/.test(modifiers[1]!) !== isStatic)
    return false;
  const rest = before.slice(0, modifiers.index);
  const previous = rest.trimEnd();
  if (previous === '') return start === body + 1;
  return (
    BEFORE_METHOD.test(previous) ||
    (rest.slice(previous.length).includes('\n') && !CONTINUES.test(previous))
  );
}
