import { capture, Subsegment } from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';
import { currentNode } from './context';

describe('times', () => {
  afterEach(() => jest.restoreAllMocks());

  it('are epoch seconds with microseconds', () => {
    const before = Date.now() / 1000;
    const { segment } = trace(() => undefined);
    expect(Math.abs(segment.start_time - before)).toBeLessThan(5);
    expect(segment.end_time! - segment.start_time).toBeLessThan(1);
    const starts = Array.from({ length: 20 }, () => trace(() => undefined).segment.start_time);
    expect(new Set(starts.map((start) => Math.round((start * 1e6) % 1000))).size).toBeGreaterThan(
      5,
    );
  });

  it('never run backwards within a segment, even if the clock is set back by an hour', () => {
    const now = Date.now();
    const { segment } = trace(() => {
      capture('before', () => undefined);
      jest.spyOn(Date, 'now').mockReturnValue(now - 3_600_000);
      capture('after', () => trace(() => undefined));
    });
    const [before, after] = segment.subsegments!;
    const times = [
      segment.start_time,
      before!.start_time,
      before!.end_time!,
      after!.start_time,
      after!.end_time!,
      segment.end_time!,
    ];
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('follow the clock from the next segment on', () => {
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now - 3_600_000);
    const { segment } = trace(() => undefined);
    expect(Math.abs(segment.start_time - (now / 1000 - 3600))).toBeLessThan(1);
  });
});

describe('a name', () => {
  it.each([
    ['that X-Ray takes', 'GET /a/@:b', 'GET /a/@:b'],
    ['in any language', 'Bücher 書', 'Bücher 書'],
    ['with characters that X-Ray refuses', 'a<b>(c)', 'abc'],
    ['that is too long', 'x'.repeat(300), 'x'.repeat(200)],
    ['of nothing that X-Ray takes', '<>', 'unnamed'],
  ])('is made valid: %s', (_what, given, name) => {
    const { segment } = trace(() => capture(given, () => undefined));
    expect(segment.subsegments).toMatchObject([{ name }]);
  });
});

describe('an annotation', () => {
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
    jest.spyOn(console, 'warn').mockImplementation((text: string) => void warnings.push(text));
  });
  afterEach(() => jest.restoreAllMocks());

  const annotated = (...entries: [string, unknown][]) =>
    trace(() => {
      for (const [key, value] of entries) currentNode()!.addAnnotation(key, value as string);
    }).segment.annotations;

  it('keeps strings, finite numbers and booleans', () => {
    expect(annotated(['a', 'x'], ['b.c', 1.5], ['d_e', false])).toEqual({
      a: 'x',
      'b.c': 1.5,
      d_e: false,
    });
    expect(warnings).toEqual([]);
  });

  it('is cut to 1,000 characters', () => {
    expect(annotated(['long', 'x'.repeat(1_001)])).toEqual({ long: 'x'.repeat(1_000) });
  });

  it('has its key repaired, with a warning', () => {
    expect(annotated(['user id', 1])).toEqual({ user_id: 1 });
    expect(warnings).toEqual([
      'Annotation key "user id" was recorded as "user_id": X-Ray allows only letters, digits, _ and . in keys.',
    ]);
  });

  it.each([
    ['an object', {}],
    ['null', null],
    ['NaN', NaN],
    ['a function', () => 1],
  ])('is left out for %s, with a warning that says what to do', (_what, value) => {
    expect(annotated(['key', value])).toBeUndefined();
    expect(warnings.join()).toMatch(
      /Annotation "key" on test was left out: its value is .*\. Use a string, a finite number or a boolean, or record it as metadata\./,
    );
  });

  it('is one of at most 50 in a trace, on any node', () => {
    const { segment } = trace(() => {
      for (let i = 0; i < 30; i++) currentNode()!.addAnnotation(`a${i}`, i);
      capture('inside', (node) => {
        for (let i = 0; i < 30; i++) node!.addAnnotation(`b${i}`, i);
        node!.addAnnotation('b0', 'again');
      });
    });
    expect(Object.keys(segment.annotations!)).toHaveLength(30);
    expect(Object.keys(segment.subsegments![0]!.annotations!)).toHaveLength(20);
    expect(segment.subsegments![0]!.annotations).toMatchObject({ b0: 'again' });
    expect(warnings).toHaveLength(10);
  });
});

describe('a subsegment that outlives its segment', () => {
  it('is open in the document of the segment', () => {
    class Endless {
      @Subsegment()
      work(): Promise<void> {
        return new Promise(() => undefined);
      }
    }
    const { segment } = trace(() => void new Endless().work());
    expect(segment.subsegments).toMatchObject([{ name: 'Endless.work', in_progress: true }]);
    expect(segment.subsegments![0]).not.toHaveProperty('end_time');
  });
});
