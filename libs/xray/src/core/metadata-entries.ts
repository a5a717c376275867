/** Values by key, as `addMetadata` collects them: without the names that objects inherit. */
export type Entries = Record<string, unknown>;

// An instance of a class: V8 gives what Object.create(null) makes a hash table of its own instead.
export const EntriesClass = function () {} as unknown as new () => Entries;
EntriesClass.prototype = Object.create(null) as Entries;

export const newEntries = (): Entries => new EntriesClass();

/** Keys as JSON, with the colon after them: most come again with every request. */
const keyTexts = new Map<string, string>();
const MAX_KEY_TEXTS = 2_000;

export function keyText(key: string): string {
  let text = keyTexts.get(key);
  if (text === undefined) {
    text = `${JSON.stringify(key)}:`;
    if (keyTexts.size < MAX_KEY_TEXTS) keyTexts.set(key, text);
  }
  return text;
}

const PLAIN = /^[ !#-9;-[\]-~]*$/;
const MAX_PLAIN = 100;

/** Whether JSON escapes nothing in this short text. Without a colon, it is no URL with a password. */
export const isPlain = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_PLAIN && PLAIN.test(value);

/** Returns `key`, with a number if `taken` has it: long keys that differ may be cut alike. */
export function distinctKey(key: string, taken: Entries): string {
  let distinct = key;
  for (let n = 2; distinct in taken; n++) distinct = `${key} (${n})`;
  return distinct;
}
