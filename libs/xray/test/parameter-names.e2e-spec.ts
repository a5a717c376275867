import { Annotation, Metadata, Subsegment } from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';

const wrapping = (): MethodDecorator => (_target, _key, descriptor: PropertyDescriptor) => {
  const method = descriptor.value as (...args: unknown[]) => unknown;
  descriptor.value = function (this: unknown, ...args: unknown[]) {
    return method.apply(this, args);
  };
};
const symbol = Symbol('of a method');

/* eslint-disable @typescript-eslint/no-unused-vars */
class Shop {
  @Subsegment() closing(@Annotation() first = ')', @Annotation() second = 1) {}
  @Subsegment() opening(@Annotation() first = '(', @Annotation() second = 1) {}
  @Subsegment() comma(@Annotation() first = ",'", @Annotation() second = 1) {}
  @Subsegment() regExp(@Annotation() first = /[,)/'"]/.source, @Annotation() second = 1) {}
  @Subsegment() template(
    @Annotation() first = `${`),${[')', 2].join()}`}`,
    @Annotation() second = 1,
  ) {}
  @Subsegment() divided(
    @Annotation() first: number | string = 8 / 2,
    @Annotation() second = 4 / 2,
  ) {}
  @Subsegment() call(
    @Annotation() first = String([1, [2, 3].join(',')]),
    @Annotation() second = Math.max(1, 2),
  ) {}
  @Subsegment() arrow(
    @Annotation() first: unknown = (a: number, b = ')') => a,
    @Annotation() second = 1,
  ) {}
  @Subsegment() block(
    /* first, (the) one */ @Annotation() first = 'x' /* ), */,
    @Annotation() second = 1,
  ) {}
  @Subsegment() line(
    @Annotation() first: string, // who, (and why)
    // what) is
    @Annotation() second: number,
  ) {}
  @Subsegment() @wrapping() wrapped(@Annotation() first: string, @Annotation() second: number) {}
  @Subsegment() async async(@Annotation() first: string, @Annotation() second = 1) {}
  @Subsegment() *generator(@Annotation() first: string, @Annotation() second = 1) {}
  @Subsegment() async *both(@Annotation() first: string, @Annotation() second = 1) {}
  @Subsegment() ['a(b, c)'](@Annotation() first: string, @Annotation() second = 1) {}
  @Subsegment() [symbol](@Annotation() first: string, @Annotation() second = 1) {}
  @Subsegment() ['x'.concat('(,')](@Annotation() first: string, @Annotation() second = 1) {}
  @Subsegment() destructured(
    { a, b: [c] } = { a: ',', b: [')'] },
    @Annotation() first = 'x',
    @Annotation() second = 1,
  ) {}
  @Subsegment() get(@Annotation() first: string, @Annotation() second: number) {}
  @Subsegment() function(@Annotation() first: string, @Annotation() second: number) {}
  @Subsegment() static fixed(@Annotation() first: string, @Annotation() second: number) {}
}
/* eslint-enable @typescript-eslint/no-unused-vars */

type Methods = Record<PropertyKey, (...args: unknown[]) => unknown>;

describe('@Annotation() without a key', () => {
  const methods = Reflect.ownKeys(Shop.prototype).filter(
    (key) => key !== 'constructor' && key !== 'destructured',
  );
  it.each(methods.map((key) => [String(key), key]))('finds the names of %s', async (_name, key) => {
    const { segment } = await trace(async () => {
      const made = (new Shop() as unknown as Methods)[key]!('x', 2);
      if (typeof made === 'object' && made !== null && 'next' in made)
        await (made.next as () => unknown)();
      await made;
    });
    expect(segment.subsegments).toMatchObject([{ annotations: { first: 'x', second: 2 } }]);
  });

  it('finds names next to a destructured parameter, and of a static method', () => {
    const { segment } = trace(() => {
      new Shop().destructured(undefined, 'x', 2);
      Shop.fixed('x', 2);
    });
    expect(segment.subsegments).toMatchObject([
      { annotations: { first: 'x', second: 2 } },
      { annotations: { first: 'x', second: 2 } },
    ]);
  });

  it('finds the name of a rest parameter', () => {
    class Rest {
      @Subsegment()
      all(@Annotation() ...ids: string[]): void {
        void ids;
      }
    }
    const { segment } = trace(() => new Rest().all('x'));
    expect(segment.subsegments).toMatchObject([{ annotations: { ids: 'x' } }]);
  });
});

/** What a decorator says of parameter 2 of `method`. */
function said(decorator: ParameterDecorator, method: unknown): string {
  class Shop {}
  Object.defineProperty(Shop.prototype, 'find', { value: method });
  try {
    decorator(Shop.prototype, 'find', 1);
    return 'nothing';
  } catch (problem) {
    return (problem as Error).message;
  }
}

describe('if the name is unknown', () => {
  /* eslint-disable prefer-rest-params -- As tsc writes an async method with defaults for old targets. */
  function rewritten(this: unknown, _id: unknown, _page: unknown) {
    return helper(this, arguments, function* (_id: string, _page = 1) {});
  }
  /* eslint-enable prefer-rest-params */
  const helper = (..._args: unknown[]) => undefined;

  it.each([
    ['object', (_a: unknown, { id }: { id: string }) => id],
    ['array', (_a: unknown, [id]: string[]) => id],
    ['object with a default', (_a: unknown, { id } = { id: ',)' }) => id],
    ['object in the rest', (_a: unknown, ...{ length }: unknown[]) => length],
    ['rest of a wrapper', (...args: unknown[]) => args],
    ['native code', rewritten.bind(undefined)],
    ['rewritten by the compiler', rewritten],
    ['not there', undefined],
  ])('a key is required when the class is defined: %s', (_what, method) => {
    expect(said(Annotation(), method)).toBe(
      '@Annotation() on parameter 2 of Shop.find needs a key: the name of the parameter is ' +
        'unknown, because it is destructured or the compiler has rewritten the method. ' +
        "Pass a key, as in @Annotation('id').",
    );
    expect(said(Metadata(), method)).toContain(
      '@Metadata() on parameter 2 of Shop.find needs a key',
    );
    expect(said(Annotation('id'), method)).toBe('nothing');
  });

  it.each([
    ['an arrow function', (_a: unknown, id = ')') => id],
    ['an async arrow function', async (_a: unknown, id: string) => id],
  ])('%s has names', (_what, method) => expect(said(Annotation(), method)).toBe('nothing'));
});
