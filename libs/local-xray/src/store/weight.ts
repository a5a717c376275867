const BRACE = 123;
const BRACKET = 91;
const COLON = 58;

/** An object or a list, and a key, take as much memory as this many further characters. */
const PER_OBJECT = 6;
const PER_KEY = 5;

/**
 * Estimates the memory that a JSON text takes when it is parsed, in characters of about ten bytes each.
 *
 * Brackets and colons inside strings are counted too, because telling them apart would take longer.
 */
export function weightOf(json: string): number {
  let weight = json.length;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === BRACE || code === BRACKET) weight += PER_OBJECT;
    else if (code === COLON) weight += PER_KEY;
  }
  return weight;
}
