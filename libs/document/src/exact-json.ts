/**
 * JSON with exact integers: an integer that a double cannot represent is read as a bigint, and a
 * bigint is written as a number. Used where documents pass through, so that 64-bit ids stay intact.
 *
 * Without such a number, JSON.parse and JSON.stringify do all the work.
 */

/** A number with 16 digits, or an exponent of 3 digits: a double may not be able to represent it. */
const LONG = /(?:^|[:,[\s])-?(?:\d{16}|[\d.]+[eE]\+?\d{3})/;
const NUMBERS = /-?\d[\d.eE+-]*/g;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Longer integers stay strings, since converting them to bigint takes long. */
const MAX_DIGITS = 400;

/**
 * Parses JSON. A number beyond a double's range that is not an integer literal, such as 1e400, becomes
 * a string.
 *
 * @throws SyntaxError as JSON.parse does.
 */
export function readJson(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text);
  const mark = markNotIn(text);
  const marked = outsideStrings(text, (part) =>
    part.replace(NUMBERS, (number) => (isExact(number) ? number : `"${mark}${number}"`)),
  );
  return unmarked(JSON.parse(marked), mark);
}

/** Serialises like JSON.stringify. */
export function writeJson(value: unknown, space?: number): string {
  try {
    return JSON.stringify(value, null, space);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  // The value contains a bigint, or something that fails again below with the right error.
  const mark = newMark();
  const text = JSON.stringify(
    value,
    (_key, each: unknown) => (typeof each === 'bigint' ? `${mark}${each}` : each),
    space,
  );
  return text.replace(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1');
}

/** Applies `change` to the parts of a JSON text that are outside of strings. */
export function outsideStrings(json: string, change: (part: string) => string): string {
  const parts: string[] = [];
  for (let at = 0; at < json.length;) {
    const quote = json.indexOf('"', at);
    const start = quote < 0 ? json.length : quote;
    parts.push(change(json.slice(at, start)));
    at = endOfString(json, start);
    parts.push(json.slice(start, at));
  }
  return parts.join('');
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    const char = json.charCodeAt(at);
    if (char === 92) at++;
    else if (char === 34) return at + 1;
  }
  return json.length;
}

/** Whether JSON.parse reads the number exactly, or rejects it rightly. */
function isExact(number: string): boolean {
  if (!NUMBER.test(number)) return true;
  const value = Number(number);
  return /^-?\d+$/.test(number) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

function newMark(): string {
  return `#${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}:`;
}

function markNotIn(text: string): string {
  let mark = newMark();
  while (text.includes(mark)) mark = newMark();
  return mark;
}

/** Uses an explicit stack: deep nesting must not overflow the call stack. */
function unmarked(value: unknown, mark: string): unknown {
  const top = { value };
  const open: object[] = [top];
  for (let each = open.pop(); each; each = open.pop()) {
    const fields = each as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      const inner = fields[key];
      if (typeof inner === 'object' && inner !== null) open.push(inner);
      else if (typeof inner === 'string' && inner.startsWith(mark)) {
        // Not an assignment, since a key may be `__proto__`.
        Object.defineProperty(fields, key, {
          value: numberOf(inner.slice(mark.length)),
          enumerable: true,
          writable: true,
          configurable: true,
        });
      }
    }
  }
  return top.value;
}

function numberOf(digits: string): bigint | string {
  return digits.length <= MAX_DIGITS && /^-?\d+$/.test(digits) ? BigInt(digits) : digits;
}
