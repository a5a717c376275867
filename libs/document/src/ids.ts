/**
 * Random bytes, generated 8 KiB at a time: generating 8 bytes per id would cost more
 * than the rest of a subsegment.
 */
const words = new Uint32Array(2048);
const pool = Buffer.from(words.buffer);
let unread = pool.length;

/**
 * Ids are slices of one string, which stays in memory as long as any of them. So it covers
 * 512 bytes and not the whole pool.
 */
const BYTES_OF_TEXT = 512;
let text = '';
let next = 0;

function randomHex(bytes: number): string {
  const end = next + 2 * bytes;
  if (end > text.length) {
    text = refill();
    next = 0;
    return randomHex(bytes);
  }
  const hex = text.slice(next, end);
  next = end;
  return hex;
}

function refill(): string {
  if (unread === pool.length) {
    fill(words);
    unread = 0;
  }
  return pool.toString('hex', unread, (unread += BYTES_OF_TEXT));
}

/**
 * In tests, the random generator may be mocked (zeros, or an exception) or missing. So its values are
 * combined with those of our own generator, which makes ids unique within the process and does not
 * reduce the randomness of a real generator.
 */
function fill(into: Uint32Array<ArrayBuffer>): void {
  try {
    globalThis.crypto.getRandomValues(into);
  } catch {
    // Keep the previous bytes: the second generator makes the ids differ.
  }
  for (let at = 0; at < into.length; at++) into[at]! ^= ownRandom();
}

/** The state of Marsaglia's xorwow, which is never all zero. */
const state = new Uint32Array([
  (Math.random() * 2 ** 32) | 1,
  Date.now(),
  performance.timeOrigin * 1000,
  performance.now() * 1000,
  globalThis.process?.pid ?? 0,
]);
let counter = 0;

function ownRandom(): number {
  let last = state[4]!;
  const first = state[0]!;
  state.copyWithin(1, 0, 4);
  last ^= last >>> 2;
  last ^= last << 1;
  last ^= first ^ (first << 4);
  state[0] = last;
  counter = (counter + 362_437) >>> 0;
  return (state[0] + counter) >>> 0;
}

/** A new segment, subsegment or exception id: 16 random hexadecimal digits. */
export function newId(): string {
  return randomHex(8);
}

/** Cache: the second of the last trace id and its prefix, since many requests share a second. */
let second = -1;
let prefix = '';

/**
 * A new trace id, `1-<epoch seconds in hex>-<24 random hexadecimal digits>`.
 *
 * @param epochSeconds when the trace starts; X-Ray rejects ids older than 30 days.
 */
export function newTraceId(epochSeconds: number = Date.now() / 1000): string {
  // Date.now() may be mocked to return anything; eight hex digits cover the years 1970 to 2106.
  const whole = epochSeconds >= 0 && epochSeconds < 2 ** 32 ? Math.floor(epochSeconds) : 0;
  if (whole !== second) {
    second = whole;
    prefix = `1-${whole.toString(16).padStart(8, '0')}-`;
  }
  return prefix + randomHex(12);
}

const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const ID = /^[0-9a-f]{16}$/i;

/** Whether `value` has the format of a trace id; its age is not checked. */
export function isTraceId(value: unknown): value is string {
  return typeof value === 'string' && TRACE_ID.test(value);
}

/** Whether `value` has the format of a segment, subsegment or exception id. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** Converts an X-Ray trace id to W3C format: 32 digits, without version and dashes. */
export function w3cTraceId(traceId: string): string {
  return traceId.slice(2, 10) + traceId.slice(11);
}

/** Converts a W3C trace id of 32 digits to X-Ray's format. */
export function xrayTraceId(w3c: string): string {
  return `1-${w3c.slice(0, 8)}-${w3c.slice(8)}`;
}
