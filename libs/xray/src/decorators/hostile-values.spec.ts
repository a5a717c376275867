import fc from 'fast-check';
import { Annotation, capture, Metadata, Segment, Subsegment } from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';

const refuse = (): never => {
  throw new Error('hostile');
};

/** Values that throw when they are looked at in one way or another. */
const hostile: Record<string, () => unknown> = {
  'a revoked Proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'a revoked Proxy of a function': () => {
    const { proxy, revoke } = Proxy.revocable(refuse, {});
    revoke();
    return proxy;
  },
  'a Proxy that refuses everything': () =>
    new Proxy({}, { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse }),
  'an object without a prototype': () => Object.create(null) as unknown,
  'getters that throw': () =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        ['then', 'message', 'name', 'stack', 'cause', 'next', 'done', 'traceId', 'a'].map((key) => [
          key,
          { get: refuse, enumerable: true },
        ]),
      ),
    ),
  'conversions that throw': () => ({
    toString: refuse,
    valueOf: refuse,
    toJSON: refuse,
    [Symbol.toPrimitive]: refuse,
  }),
  'an Error whose message throws': () =>
    Object.defineProperty(new Error(), 'message', { get: refuse }),
  'a Date whose methods throw': () =>
    Object.assign(new Date(), { toISOString: refuse, getTime: refuse, toJSON: refuse }),
  'a symbol': () => Symbol('s'),
  null: () => null,
  'a string': () => 'x',
};

const anyHostile = fc.constantFrom(...Object.values(hostile));

class Shop {
  @Subsegment({
    annotations: ([given]: [unknown]) => ({ given }) as never,
    metadata: ([given]: [unknown]) => given as never,
    captureResult: true,
    onError: refuse,
  })
  sell(@Annotation('item') @Metadata('copy') given: unknown, thrown?: { value: unknown }): unknown {
    if (thrown) throw thrown.value;
    return given;
  }

  @Subsegment({ annotations: (([given]: [unknown]) => given) as never })
  count(@Annotation() given: unknown): unknown {
    return given;
  }

  @Segment()
  async store(@Annotation() given: unknown): Promise<unknown> {
    await Promise.resolve();
    return [given];
  }

  @Subsegment()
  *items(given: unknown): Generator<unknown, unknown> {
    yield given;
    return given;
  }
}

describe('a value that throws when it is read', () => {
  it.each(Object.entries(hostile))('passes through a traced method: %s', (_what, make) => {
    const value = make();
    const { segment } = trace(() => {
      expect(Object.is(new Shop().sell(value), value)).toBe(true);
      expect(Object.is(new Shop().count(value), value)).toBe(true);
      expect(Object.is([...new Shop().items(value)][0], value)).toBe(true);
      let caught: unknown;
      try {
        new Shop().sell('fine', { value });
      } catch (thrown) {
        caught = thrown;
      }
      expect(Object.is(caught, value)).toBe(true);
    });
    const names = segment.subsegments!.map(({ name }) => name);
    expect(names).toEqual(['Shop.sell', 'Shop.count', 'Shop.items', 'Shop.sell']);
    expect(segment.subsegments!.every(({ end_time }) => end_time !== undefined)).toBe(true);
  });

  it('never makes a call of the application fail, anywhere', () => {
    fc.assert(
      fc.property(anyHostile, anyHostile, anyHostile, (makeOne, makeTwo, makeThree) => {
        const [one, two, three] = [makeOne(), makeTwo(), makeThree()];
        const { segment } = trace(() => {
          capture(one as string, (node) => {
            node!.addAnnotation(two as string, three as string);
            node!.addMetadata(two as string, three, one as string | undefined);
            node!.addError(two);
            node!.close(three);
          });
          void new Shop().store(one);
          capture('after', () => undefined);
        });
        expect(segment.subsegments!.at(-1)!.name).toBe('after');
      }),
    );
  });
});
