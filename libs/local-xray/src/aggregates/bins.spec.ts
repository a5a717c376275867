import fc from 'fast-check';
import { binOf, Durations, startOfBin } from './bins';

const durations = fc.array(fc.double({ min: 1e-6, max: 1e4, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
});

function collect(all: readonly number[]): Durations {
  const collected = new Durations();
  for (const seconds of all) collected.add({ bin: binOf(seconds), count: 1, seconds });
  return collected;
}

function exact(all: readonly number[], part: number): number {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(part * sorted.length)) - 1]!;
}

describe('durations in bins', () => {
  it('puts a duration into the bin that holds it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e4, noNaN: true }), (seconds) => {
        const bin = binOf(seconds);
        expect(startOfBin(bin)).toBeLessThanOrEqual(seconds * 1.000001);
        expect(startOfBin(bin + 1)).toBeGreaterThanOrEqual(seconds * 0.999999);
      }),
    );
    expect(binOf(0)).toBe(0);
    expect(binOf(-1)).toBe(0);
  });

  it('returns percentiles that differ by at most the width of a bin', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.95, 0.99), (all, part) => {
        const [found] = collect(all).percentiles(part);
        expect(found! / exact(all, part)).toBeGreaterThan(1 / 1.13);
        expect(found! / exact(all, part)).toBeLessThan(1.13);
      }),
    );
  });

  it('returns the duration itself if there is only one', () => {
    expect(collect([0.0417]).percentiles(0.5, 0.95)).toEqual([0.0417, 0.0417]);
    expect(new Durations().percentiles(0.5)).toEqual([undefined]);
  });

  it('returns the same as if what was removed had never been added', () => {
    const all = collect([0.01, 0.02, 0.5]);
    all.add({ bin: binOf(0.5), count: -1, seconds: -0.5 });

    expect(all.count).toBe(2);
    expect(all.percentiles(0.99)[0]).toBeCloseTo(0.02);
  });
});
