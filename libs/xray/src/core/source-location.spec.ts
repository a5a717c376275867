import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceLocation } from './source-location';

const METHODS = Array.from({ length: 50 }, (_, at) => `method${at}`);

interface Bundle {
  Cart: new () => object;
  locate(of: typeof SourceLocation): SourceLocation;
}

describe('SourceLocation', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'source-location-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A file with a class below so many lines. */
  function bundleOf(linesAbove: number): Bundle {
    const path = join(folder, `bundle-${linesAbove}.js`);
    const text = [
      'exports.locate = (Location) => { const above = () => new Location(above); return above(); };',
      ...Array.from({ length: linesAbove - 2 }, () => ';'),
      'exports.Cart = class Cart {',
      ...METHODS.map((name) => `  ${name}() {}`),
      '};',
    ].join('\n');
    writeFileSync(path, text);
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require(path) as Bundle;
  }

  function linesOf({ Cart, locate }: Bundle, keys: string[]): (number | undefined)[] {
    const location = locate(SourceLocation);
    return keys.map((key) => {
      const place = location.ofMethod({ owner: Cart, declaring: Cart, key, isStatic: false });
      return place === undefined ? undefined : Number(/:(\d+)$/.exec(place)![1]);
    });
  }

  it('finds the methods of a file in any order', () => {
    const bundle = bundleOf(1_000);
    const inOrder = METHODS.map((_, at) => 1_001 + at);
    expect(linesOf(bundle, METHODS)).toEqual(inOrder);
    expect(linesOf(bundle, [...METHODS].reverse())).toEqual([...inOrder].reverse());
    const again = linesOf(bundle, ['method7', 'method7', 'none', 'method3']);
    expect(again).toEqual([1_008, 1_008, undefined, 1_004]);
  });

  it('counts the lines above a class once, however many methods it has', () => {
    const bundle = bundleOf(20_000);
    const search = jest.spyOn(String.prototype, 'indexOf');
    try {
      linesOf(bundle, METHODS);
      const lineEnds = search.mock.calls.filter(([text]) => text === '\n');
      expect(lineEnds.length).toBeGreaterThan(20_000);
      expect(lineEnds.length).toBeLessThan(21_000);
    } finally {
      search.mockRestore();
    }
  });
});
