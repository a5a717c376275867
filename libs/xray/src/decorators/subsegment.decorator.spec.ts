import 'reflect-metadata';
import {
  Controller,
  Get,
  HttpException,
  Param,
  ParseIntPipe,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { ResolveField } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { Cron } from '@nestjs/schedule';
import { ApiOperation } from '@nestjs/swagger';
import { expectTypeOf } from 'expect-type';
import {
  Annotation,
  Metadata,
  NotAMethodError,
  Segment,
  SkipSubsegment,
  Subsegment,
  XrayConfigurationError,
} from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';

/** `name(children)` of every subsegment. */
function tree({ subsegments = [] }: { subsegments?: any[] }): string {
  return subsegments
    .map((node) => node.name + (node.subsegments ? `(${tree(node)})` : ''))
    .join(' ');
}

const tick = () => new Promise<void>((done) => setImmediate(done));

describe('@Subsegment on a method', () => {
  const named = Symbol('named by a symbol');

  class Base {
    @Subsegment()
    greet(name: string): string {
      return `Hello ${name}`;
    }
  }

  class Cart extends Base {
    private readonly factor = 2;

    @Subsegment()
    static of(...items: number[]): number {
      return items.length;
    }

    @Subsegment()
    override greet(name: string): string {
      return `${super.greet(name)}!`;
    }

    @Subsegment()
    [named](): number {
      return this.factor;
    }

    @Subsegment()
    countDown(n: number): number {
      return n === 0 ? 0 : this.countDown(n - 1);
    }

    @Subsegment('times')
    times(a: number, b = 1, ..._rest: number[]): number {
      return this.factor * a * b;
    }

    @Subsegment()
    async wait(): Promise<void> {
      await tick();
      this.countDown(0);
    }
  }

  it.each<[string, () => unknown, unknown, string]>([
    ['a static one', () => Cart.of(1, 2), 2, 'Cart.of'],
    ['an inherited one', () => new Base().greet('you'), 'Hello you', 'Base.greet'],
    [
      'one that overrides another',
      () => new Cart().greet('you'),
      'Hello you!',
      'Cart.greet(Base.greet)',
    ],
    ['one named by a symbol', () => new Cart()[named](), 2, 'Cart.named by a symbol'],
    [
      'a recursive one',
      () => new Cart().countDown(2),
      0,
      'Cart.countDown(Cart.countDown(Cart.countDown))',
    ],
    ['one with a name', () => new Cart().times(3), 6, 'times'],
    ['one through call', () => Cart.prototype.times.call({ factor: 5 } as never, 3), 15, 'times'],
    [
      'one through apply',
      () => Cart.prototype.times.apply({ factor: 5 } as never, [3]),
      15,
      'times',
    ],
    ['one through bind', () => new Cart().times.bind({ factor: 5 } as never, 3)(2), 30, 'times'],
  ])('records %s', (_what, work, result, expected) => {
    const traced = trace(() => [work()]);
    expect([traced.result[0], tree(traced.segment)]).toEqual([result, expected]);
  });

  it('records calls in Promise.all as siblings', async () => {
    const cart = new Cart();
    const { segment } = await trace(() => Promise.all([cart.wait(), cart.wait(), cart.wait()]));
    expect(tree(segment)).toBe(Array(3).fill('Cart.wait(Cart.countDown)').join(' '));
  });

  it('leaves a synchronous method synchronous', () => {
    expect(new Cart().times(2)).toBe(4);
  });

  it('keeps name and arity, and cannot be called with new', () => {
    expect([Cart.prototype.times.name, Cart.prototype.times.length]).toEqual(['times', 1]);
    expect(() => new (Cart.prototype.times as never as new () => unknown)()).toThrow(
      'is not a constructor',
    );
    expect(Reflect.ownKeys(Cart.prototype.times)).toEqual(['length', 'name']);
  });

  it.each<[string, unknown, object]>([
    [
      'an Error',
      new RangeError('far'),
      { fault: true, cause: { exceptions: [{ type: 'RangeError', message: 'far' }] } },
    ],
    ['an HttpException of 404', new HttpException('gone', 404), { error: true }],
    ['an HttpException of 429', new HttpException('slow', 429), { error: true, throttle: true }],
    ['an HttpException of 502', new HttpException('bad', 502), { fault: true }],
    [
      'a string',
      'text',
      { fault: true, cause: { exceptions: [{ type: 'string', message: 'text' }] } },
    ],
    ['null', null, { fault: true, cause: { exceptions: [{ type: 'null' }] } }],
    ['undefined', undefined, { fault: true, cause: { exceptions: [{ type: 'undefined' }] } }],
    ['a frozen object', Object.freeze({ code: 7 }), { fault: true }],
    [
      'a proxy that cannot be read',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
          getPrototypeOf: () => {
            throw new Error('no');
          },
        },
      ),
      { fault: true },
    ],
  ])('closes on %s and throws the same error on', async (_what, thrown, document) => {
    class Thrower {
      @Subsegment()
      now(): void {
        throw thrown;
      }
      @Subsegment()
      async later(): Promise<void> {
        await tick();
        throw thrown;
      }
    }
    const { result, segment } = await trace(async () => {
      const caught: unknown[] = [];
      try {
        new Thrower().now();
      } catch (seen) {
        caught.push(seen);
      }
      await new Thrower().later().catch((seen: unknown) => caught.push(seen));
      return caught;
    });
    expect(result.map((seen) => Object.is(seen, thrown))).toEqual([true, true]);
    const [now, later] = segment.subsegments!;
    expect(now).toMatchObject(document);
    for (const call of [now!, later!]) {
      expect(call.end_time).toBeDefined();
      for (const flag of ['error', 'fault', 'throttle'] as const) {
        expect([flag, call[flag] ?? false]).toEqual([flag, flag in document]);
      }
    }
  });

  it.each<[string, () => void]>([
    [
      'an accessor',
      () => {
        class Wrong {
          // @ts-expect-error a string is no method
          @Subsegment()
          get total(): string {
            return '';
          }
        }
        return Wrong;
      },
    ],
    [
      'a property or an abstract method',
      () => {
        class Wrong {
          // @ts-expect-error a property has no descriptor
          @Subsegment()
          total = 1;
        }
        return Wrong;
      },
    ],
    [
      'a property or an abstract method',
      () => {
        abstract class Wrong {
          abstract total(): number;
        }
        // As the compiler writes a decorator of an abstract method.
        Reflect.decorate(
          [Subsegment() as MethodDecorator],
          Wrong.prototype,
          'total',
          undefined as never,
        );
      },
    ],
  ])('explains, when the class is defined, what to use instead on %s', (what, define) => {
    expect(define).toThrow(NotAMethodError);
    expect(define).toThrow(
      `@Subsegment() cannot trace Wrong.total: it is ${what}, not a method. ` +
        'Put the decorator on a method, or wrap the work in XrayService.capture().',
    );
  });
});

describe("@Subsegment among Nest's decorators", () => {
  const guard = { canActivate: () => true };
  const decorators = [
    Get('path'),
    UseGuards(guard),
    Cron('* * * * *', { disabled: true }),
    OnEvent('event'),
    MessagePattern({ cmd: 'do' }),
    ResolveField('field'),
    ApiOperation({ summary: 'what it does' }),
    SetMetadata('roles', ['admin']),
  ];

  function define(order: 'above' | 'below' | 'not at all') {
    class Handlers {
      handle(id: number, _other?: string): number {
        return id;
      }
    }
    const own = Object.getOwnPropertyDescriptor(Handlers.prototype, 'handle')!;
    const traced = Subsegment() as MethodDecorator;
    const list =
      order === 'above'
        ? [traced, ...decorators]
        : order === 'below'
          ? [...decorators, traced]
          : decorators;
    Object.defineProperty(
      Handlers.prototype,
      'handle',
      Reflect.decorate(list as never, Handlers.prototype, 'handle', own) ?? own,
    );
    Param('id', ParseIntPipe)(Handlers.prototype, 'handle', 0);
    Controller('handlers')(Handlers);
    return Handlers;
  }

  const metadata = (type: new () => { handle: object }) => {
    const { handle } = type.prototype as { handle: object };
    return Object.fromEntries(
      (Reflect.getMetadataKeys(handle) as string[]).map((key) => [
        String(key),
        Reflect.getMetadata(key, handle) as unknown,
      ]),
    );
  };

  it.each(['above', 'below'] as const)('keeps all they leave, %s them', (order) => {
    const traced = define(order);
    expect(metadata(traced)).toEqual(metadata(define('not at all')));
    expect(Object.keys(metadata(traced)).length).toBeGreaterThan(10);
    expect([traced.prototype.handle.name, traced.prototype.handle.length]).toEqual(['handle', 2]);
    expect(tree(trace(() => new traced().handle(1)).segment)).toBe('Handlers.handle');
  });
});

describe('@Subsegment on a class', () => {
  class Base {
    inherited(): string {
      return 'base';
    }
    own(): string {
      return 'base';
    }
    @SkipSubsegment()
    quiet(): void {}
  }

  @Subsegment()
  class Cart extends Base {
    static made = 0;
    static Item = class Item {};
    readonly items: number[] = [];

    constructor() {
      super();
      this.add(1);
    }

    static make(): Cart {
      Cart.made++;
      return new Cart();
    }

    get total(): number {
      return this.items.length;
    }

    add(item: number): void {
      this.items.push(item);
    }

    override own(): string {
      return super.own();
    }

    @SkipSubsegment()
    skipped(): void {}

    @Subsegment('by its own name')
    named(): void {}
  }

  it('traces own, inherited and static methods, but no accessors and no methods that are opted out', () => {
    const { segment } = trace(() => {
      const cart = Cart.make();
      cart.add(2);
      void cart.total;
      cart.inherited();
      cart.own();
      cart.skipped();
      cart.quiet();
      cart.named();
      void new Cart.Item();
    });
    expect(tree(segment)).toBe(
      'Cart.make(Cart.add) Cart.add Cart.inherited Cart.own by its own name',
    );
  });

  it('does not trace methods inherited from a class that is opted out', () => {
    @SkipSubsegment()
    class Quiet {
      hush(): void {}
    }
    @Subsegment()
    class Loud extends Quiet {
      speak(): void {}
    }
    const { segment } = trace(() => {
      new Loud().hush();
      new Loud().speak();
    });
    expect(tree(segment)).toBe('Loud.speak');
  });

  it('does not change the base class, and calls methods that are replaced there later', () => {
    const cart = new Cart();
    const spy = jest.spyOn(Base.prototype, 'inherited').mockReturnValue('spied');
    expect(cart.inherited()).toBe('spied');
    spy.mockRestore();
    expect(cart.inherited()).toBe('base');
    expect(trace(() => void new Base().inherited()).segment.subsegments).toBeUndefined();
  });
});

describe('@Subsegment with options', () => {
  interface User {
    id: string;
    password: string;
  }

  class Users {
    @Subsegment({
      name: 'find a user',
      annotations: ([id]: [string], user?: User) => ({ id, found: user !== undefined }),
      metadata: ([id]: [string]) => ({ looked: { up: id } }),
      captureResult: true,
      namespace: 'remote',
    })
    async find(id: string): Promise<User | undefined> {
      if (id === 'broken') throw new Error('broken');
      return id === '1' ? { id, password: 'secret' } : undefined;
    }

    @Subsegment<Users['list']>({
      annotations: ([limit], names) => ({ limit, count: names?.length }),
    })
    *list(limit: number): Generator<number, string[]> {
      yield limit;
      return ['a', 'b'];
    }

    @Subsegment({
      annotations: () => {
        throw new Error('in annotations');
      },
      metadata: () => {
        throw new Error('in metadata');
      },
      onError: () => {
        throw new Error('in onError');
      },
    })
    careless(thrown?: Error): number {
      if (thrown) throw thrown;
      return 1;
    }

    @Subsegment({ onError: (thrown) => (thrown as { verdict: 'ignore' }).verdict })
    judged(verdict?: string): void {
      throw Object.assign(new Error('judged'), { verdict });
    }

    @Subsegment()
    search(
      @Annotation() handle: string,
      @Annotation('since') _since: Date | undefined,
      @Metadata() _filter: object,
      @Metadata('page', 'paging') { size: _size }: { size: number },
    ): number {
      return handle.length;
    }
  }

  it('records what the callbacks return for arguments and result', async () => {
    const { segment } = await trace(() => new Users().find('1'));
    expect(segment.subsegments).toMatchObject([
      {
        name: 'find a user',
        namespace: 'remote',
        annotations: { id: '1', found: true },
        metadata: { default: { looked: { up: '1' }, result: { id: '1', password: '[redacted]' } } },
      },
    ]);
  });

  it('records the arguments of a call that failed', async () => {
    const { segment } = await trace(() => new Users().find('broken').catch(() => undefined));
    expect(segment.subsegments).toMatchObject([
      { fault: true, annotations: { id: 'broken', found: false } },
    ]);
  });

  it('uses the return value of a generator as the result', () => {
    const { segment } = trace(() => [...new Users().list(3)]);
    expect(segment.subsegments).toMatchObject([{ annotations: { limit: 3, count: 2 } }]);
  });

  it('works if callbacks throw', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const thrown = new Error('its own');
    const { result, segment } = trace(() => {
      expect(() => new Users().careless(thrown)).toThrow(thrown);
      return new Users().careless();
    });
    expect(result).toBe(1);
    expect(segment.subsegments).toMatchObject([{ fault: true }, {}]);
    expect(warn.mock.calls.flat().join('\n')).toContain(
      'The "annotations" callback of @Subsegment() on Users.careless threw: Error: in annotations.',
    );
    warn.mockRestore();
  });

  it.each([
    ['ignore', []],
    ['error', ['error']],
    ['throttle', ['error', 'throttle']],
    ['fault', ['fault']],
    [undefined, ['fault']],
  ])('classifies a failure as onError decides: %s', (verdict, flags) => {
    const { segment } = trace(() => {
      expect(() => new Users().judged(verdict)).toThrow('judged');
    });
    const [call] = segment.subsegments!;
    expect((['error', 'throttle', 'fault'] as const).filter((flag) => call![flag])).toEqual(flags);
    expect(call!.cause === undefined).toBe(verdict === 'ignore');
  });

  it('records parameters by name, key and namespace', () => {
    const { segment } = trace(() =>
      new Users().search('andrew', new Date(0), { tags: ['a'] }, { size: 10 }),
    );
    expect(segment.subsegments).toMatchObject([
      {
        annotations: { handle: 'andrew', since: '1970-01-01T00:00:00.000Z' },
        metadata: { default: { _filter: { tags: ['a'] } }, paging: { page: { size: 10 } } },
      },
    ]);
  });

  it('leaves out missing arguments without a warning', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const { segment } = trace(() =>
      new Users().search('andrew', undefined, { tags: [] }, { size: 10 }),
    );
    expect(segment.subsegments![0]!.annotations).toEqual({ handle: 'andrew' });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('explains where a parameter of a constructor can be recorded instead', () => {
    expect(() => {
      class Wrong {
        constructor(@Annotation('id') readonly id: string) {}
      }
      return Wrong;
    }).toThrow(NotAMethodError);
  });

  it.each([null, 5, true, ['name']])('refuses %p in place of its options', (given) => {
    for (const decorator of [Subsegment, Segment]) {
      const decorate = () => decorator(given as never);
      expect(decorate).toThrow(XrayConfigurationError);
      expect(decorate).toThrow(
        `it takes a name or an object of options. Use @${decorator.name}(), @${decorator.name}('name')`,
      );
    }
  });

  it('keeps the types of a method, and rejects callbacks with other types', () => {
    expectTypeOf<Users['find']>().toEqualTypeOf<(id: string) => Promise<User | undefined>>();
    expectTypeOf<Users['list']>().toEqualTypeOf<(limit: number) => Generator<number, string[]>>();
    class Typed {
      // @ts-expect-error the method takes a string, the callback a number
      @Subsegment({ annotations: ([id]: [number]) => ({ id }) })
      find(id: string): string {
        return id;
      }

      @Subsegment<Typed['sum']>({
        annotations: (args, result) => {
          expectTypeOf(args).toEqualTypeOf<[a: number, b: number]>();
          expectTypeOf(result).toEqualTypeOf<number | undefined>();
          return { result };
        },
      })
      async sum(a: number, b: number): Promise<number> {
        return a + b;
      }
    }
    expectTypeOf<Typed['find']>().toEqualTypeOf<(id: string) => string>();
  });
});
