import { type BinSum, emptySum } from './bin-sum';

const FAULT = 1;
const ERROR = 2;
const THROTTLE = 4;
/** The number of traces is not the count. */
const TRACES = 8;
/** At most seven numbers of ten bytes, the flags and the seconds. */
const LARGEST = 80;

/**
 * The sums of a period as bytes: one row of the database instead of thousands. Each sum is the difference to the
 * facet before, the route, the bin, its flags, the count and those of the other numbers that the flags name, as
 * integers of variable length, and the seconds with eight bytes.
 *
 * @param sums sorted by facet
 */
export function pack(sums: readonly Readonly<BinSum>[]): Uint8Array {
  let bytes = new Uint8Array(1024);
  let at = 0;
  const integer = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
    bytes[at++] = rest;
  };
  let before = 0;
  for (const { facet, route, bin, count, seconds, fault, error, throttle, traces } of sums) {
    if (at + LARGEST > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    integer(facet - before);
    before = facet;
    integer(route);
    integer(bin);
    bytes[at++] =
      (fault > 0 ? FAULT : 0) |
      (error > 0 ? ERROR : 0) |
      (throttle > 0 ? THROTTLE : 0) |
      (traces === count ? 0 : TRACES);
    integer(count);
    if (fault > 0) integer(fault);
    if (error > 0) integer(error);
    if (throttle > 0) integer(throttle);
    if (traces !== count) integer(traces);
    new DataView(bytes.buffer).setFloat64(at, seconds);
    at += 8;
  }
  return bytes.slice(0, at);
}

/** Calls `each` for every sum. The object is the same each time: keep its values, not the object. */
export function unpack(bytes: Uint8Array, each: (sum: Readonly<BinSum>) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const integer = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++]!;
      if (byte < 128) return value + byte * factor;
      value += (byte - 128) * factor;
    }
  };
  const sum = emptySum();
  while (at < bytes.length) {
    sum.facet += integer();
    sum.route = integer();
    sum.bin = integer();
    const flags = bytes[at++]!;
    sum.count = integer();
    sum.fault = flags & FAULT ? integer() : 0;
    sum.error = flags & ERROR ? integer() : 0;
    sum.throttle = flags & THROTTLE ? integer() : 0;
    sum.traces = flags & TRACES ? integer() : sum.count;
    sum.seconds = view.getFloat64(at);
    at += 8;
    each(sum);
  }
}
