/**
 * Whether a value is allowed for an option. Never called with `undefined`, which stands for the
 * default.
 */
export type Fits = (value: unknown) => boolean;

export const present: Fits = (value) => value !== null;

export const text: Fits = (value) => typeof value === 'string' && value.trim() !== '';
export const anyText: Fits = (value) => typeof value === 'string';
export const flag: Fits = (value) => typeof value === 'boolean';
export const callback: Fits = (value) => typeof value === 'function';
export const pattern: Fits = (value) => value instanceof RegExp;

/** An object of options: not a list, class instance or function. */
export const object: Fits = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const share: Fits = (value) => typeof value === 'number' && value >= 0 && value <= 1;

/** Whole numbers, which excludes NaN and Infinity. */
export const wholeFrom =
  (least: number, most = Number.MAX_SAFE_INTEGER): Fits =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

/** The longest delay that Node's timers support. Longer ones become one millisecond. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

export const oneOf =
  (...values: unknown[]): Fits =>
  (value) =>
    values.includes(value);

export const any =
  (...kinds: Fits[]): Fits =>
  (value) =>
    kinds.some((fits) => fits(value));

export const listOf =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every(fits);

export const recordOf =
  (fits: Fits): Fits =>
  (value) =>
    object(value) && Object.values(value as object).every(fits);

/** An instance or a plain object with all of `methods`. */
export const having =
  (...methods: string[]): Fits =>
  (value) =>
    object(value) && methods.every((name) => callback((value as Record<string, unknown>)[name]));

export const httpUrl: Fits = (value) =>
  typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
