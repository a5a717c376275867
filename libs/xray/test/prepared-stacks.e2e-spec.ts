import { Subsegment } from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';

class Stock {
  @Subsegment()
  count(): never {
    throw new RangeError('no stock');
  }
}

type Prepare = typeof Error.prepareStackTrace | undefined;
const before: Prepare = Error.prepareStackTrace;
const set = (prepare: Prepare) =>
  Object.defineProperty(Error, 'prepareStackTrace', {
    value: prepare,
    configurable: true,
    writable: true,
    enumerable: true,
  });

describe.each<[string, Prepare, boolean]>([
  ['as there is none', undefined, true],
  [
    'writes lines of its own',
    (error, sites) => [String(error), ...sites.map(String)].join('\n    at '),
    true,
  ],
  ['gives the call sites', (_error, sites) => sites, true],
  [
    'gives objects of its own',
    (_error, sites) => sites.map((s) => ({ line: s.getLineNumber() })),
    false,
  ],
  [
    'throws',
    () => {
      throw new Error('cannot prepare');
    },
    true,
  ],
  ['gives nothing', () => undefined, false],
  ['gives a number', () => 1, false],
])('if Error.prepareStackTrace %s', (_what, prepare, hasFrames) => {
  afterEach(() => void set(before));

  it('an exception has its type, its message and, if it is still available, its stack', () => {
    let thrown: unknown;
    set(prepare);
    const { segment } = trace(() => {
      try {
        new Stock().count();
      } catch (problem) {
        thrown = problem;
      }
    });
    const after: Prepare = Error.prepareStackTrace;
    set(before);
    expect(after).toBe(prepare);
    expect(thrown).toBeInstanceOf(RangeError);
    const { cause } = segment.subsegments![0]!;
    const [exception] = typeof cause === 'object' ? cause.exceptions : [];
    expect(exception).toMatchObject({ type: 'RangeError', message: 'no stock' });
    if (hasFrames) {
      expect(exception!.stack![0]).toMatchObject({
        path: expect.stringContaining('prepared-stacks') as string,
        line: expect.any(Number) as number,
      });
      expect(exception!.stack![0]!.label).toContain('count');
    } else expect(exception!.stack).toBeUndefined();
  });
});
