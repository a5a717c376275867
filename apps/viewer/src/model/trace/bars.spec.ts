import { formatZoom, pan, parseZoom, place, placeAll, ticks, zoom } from './bars';

describe('place', () => {
  it('returns percentages of the window, cut at its edges', () => {
    expect(place([0.25, 0.75], { from: 0, until: 1 })).toEqual({ left: 25, width: 50 });
    expect(place([0, 4], { from: 1, until: 3 })).toEqual({ left: 0, width: 100 });
    expect(place([0, 0.5], { from: 1, until: 3 })).toBeUndefined();
  });

  it('places everything at the start of a trace without duration', () => {
    expect(place([0, 0], { from: 0, until: 0 })).toEqual({ left: 0, width: 0 });
  });

  it('merges pieces that could not be distinguished', () => {
    const many = Array.from({ length: 10_000 }, (_, at): [number, number] => [
      at / 10_000,
      (at + 0.5) / 10_000,
    ]);

    expect(placeAll(many, { from: 0, until: 1 })).toHaveLength(1);
    expect(
      placeAll(
        [
          [0, 0.1],
          [0.5, 0.6],
        ],
        { from: 0, until: 1 },
      ),
    ).toHaveLength(2);
  });
});

describe('ticks', () => {
  it.each([
    [0, 1.4, 7, [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4]],
    [0.95, 1.05, 4, [0.95, 1, 1.05]],
  ])('are round numbers from %p to %p', (from, until, wanted, expected) => {
    const marks = ticks({ from, until }, wanted);
    expect(marks.map((mark) => +mark.toFixed(6))).toEqual(expected);
  });

  it('stay inside the window despite rounding errors of epoch seconds', () => {
    const until = 1_795_354_386.7 - 1_795_354_386.4;

    expect(until).toBeLessThan(0.3);
    const [last] = ticks({ from: 0, until }, 7).slice(-1);
    expect(place([last!, last!], { from: 0, until })).toEqual({ left: 100, width: 0 });
  });
});

describe('the window', () => {
  it('zooms around a point, and out as far as the trace', () => {
    expect(zoom({ from: 0, until: 1 }, 0.5, 0.5, 1)).toEqual({ from: 0.25, until: 0.75 });
    expect(zoom({ from: 0.25, until: 0.75 }, 4, 0.5, 1)).toEqual({ from: 0, until: 1 });
  });

  it('pans within the trace', () => {
    expect(pan({ from: 0.5, until: 1 }, 0.5, 1)).toEqual({ from: 0.5, until: 1 });
    expect(pan({ from: 0.5, until: 1 }, -0.5, 1)).toEqual({ from: 0.25, until: 0.75 });
  });

  it('is written to the address and read from it', () => {
    expect(formatZoom({ from: 0.12, until: 0.4805 }, 1)).toBe('120-480.5');
    expect(parseZoom('120-480.5', 1)).toEqual({ from: 0.12, until: 0.4805 });
    expect(formatZoom({ from: 0, until: 1 }, 1)).toBeUndefined();
    for (const nonsense of [null, 'x', '5-1', '9000-9001']) {
      expect(parseZoom(nonsense, 1)).toEqual({ from: 0, until: 1 });
    }
  });
});
