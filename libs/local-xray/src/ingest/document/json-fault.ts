/** The first place where a text is not valid JSON. */
export interface JsonFault {
  /** Counted in UTF-16 units from 0. */
  position: number;
  /** What is expected there, for people to read. */
  expected: string;
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const WORD = /true|false|null/y;

/**
 * Finds the first character at which `text` is not valid JSON. Undefined if it is JSON.
 *
 * The messages of JSON.parse differ between engines and sometimes name no position. Call this only
 * after JSON.parse has rejected the text. It keeps its own stack, so that deep nesting cannot
 * overflow the call stack.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let expect: 'value' | 'value or ]' | 'key' | 'key or }' | 'after' = 'value';

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const skip = () => {
    at += match(SPACE)!.length;
  };
  const string = (): JsonFault | undefined => {
    const body = match(STRING);
    if (body === undefined) return { position: at, expected: 'a string in double quotes' };
    at += body.length;
    if (text[at] !== '"') {
      const expected = at < text.length ? 'an escaped character' : 'a closing "';
      return { position: at, expected };
    }
    at++;
    return undefined;
  };
  const close = (bracket: '{' | '['): boolean => {
    if (open.at(-1) !== bracket) return false;
    open.pop();
    at++;
    expect = 'after';
    return true;
  };

  for (;;) {
    skip();
    const char = text[at];
    if (expect === 'after') {
      if (open.length === 0) {
        return at < text.length ? { position: at, expected: 'the end' } : undefined;
      }
      const inObject = open.at(-1) === '{';
      if (char === ',') {
        at++;
        expect = inObject ? 'key' : 'value';
      } else if (!(char === (inObject ? '}' : ']') && close(inObject ? '{' : '['))) {
        return { position: at, expected: inObject ? ', or }' : ', or ]' };
      }
    } else if (expect === 'key' || expect === 'key or }') {
      if (expect === 'key or }' && char === '}' && close('{')) continue;
      const fault = string();
      if (fault) return fault;
      skip();
      if (text[at] !== ':') return { position: at, expected: ':' };
      at++;
      expect = 'value';
    } else if (char === '{' || char === '[') {
      open.push(char);
      at++;
      expect = char === '{' ? 'key or }' : 'value or ]';
    } else if (expect === 'value or ]' && char === ']' && close('[')) {
      continue;
    } else if (char === '"') {
      const fault = string();
      if (fault) return fault;
      expect = 'after';
    } else {
      const scalar = match(NUMBER) ?? match(WORD);
      if (scalar === undefined) return { position: at, expected: 'a JSON value' };
      at += scalar.length;
      expect = 'after';
    }
  }
}
