import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import {
  BehaviorSubject,
  Observable,
  Subject,
  defer,
  map,
  of,
  take,
  throwError,
  timer,
} from 'rxjs';
import { Annotation, Metadata, Subsegment, capture } from 'nestjs-xray';
import { trace } from 'nestjs-xray/testing';
import { currentNode } from '../core/context';

const tick = () => new Promise<void>((done) => setImmediate(done));

/** A promise to settle by hand. */
class Deferred<T> {
  resolve!: (value: T) => void;
  reject!: (thrown: unknown) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

class LaterPromise<T> extends Promise<T> {}

/** As Prisma's: does nothing until `then`; `finally` goes its own way. */
class Query {
  runs = 0;
  constructor(private readonly work: () => Promise<unknown>) {}

  private run(): Promise<unknown> {
    this.runs++;
    return this.work();
  }

  then<T>(done?: (value: unknown) => T, failed?: (thrown: unknown) => T): Promise<unknown> {
    return this.run().then(done, failed);
  }
  catch(failed: (thrown: unknown) => unknown): Promise<unknown> {
    return this.then(undefined, failed);
  }
  finally(either: () => void): Promise<unknown> {
    return this.run().finally(either);
  }
  where(): this {
    return this;
  }
}

/** An iterator that inherits from none. */
class Countdown implements IterableIterator<number> {
  private n = 0;
  next(): IteratorResult<number> {
    return this.n < 3 ? { done: false, value: ++this.n } : { done: true, value: undefined };
  }
  [Symbol.iterator](): this {
    return this;
  }
}

/** Steps through 1, 2, 3 with queries instead of promises. */
class Pages {
  runs = 0;
  constructor(private readonly last: () => Promise<unknown>) {}
  next(): Query {
    return new Query(async () => {
      const value = ++this.runs;
      return value > 3 ? this.last() : { done: false, value };
    });
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
}

class Results {
  constructor(private readonly result: unknown) {}

  @Subsegment('call')
  call(): any {
    return this.result instanceof Function ? this.result() : this.result;
  }

  @Subsegment('call')
  async asyncCall(): Promise<any> {
    return (this.result as () => unknown)();
  }
}

const call = (result: unknown) => new Results(result).call();

/** Names of what is recorded, and whether it is closed. */
function states(segment: { subsegments?: any[] }) {
  return segment.subsegments?.map(({ in_progress, error, fault, cause }) =>
    in_progress
      ? 'open'
      : fault
        ? `fault ${cause.exceptions?.[0]?.message}`
        : error
          ? 'error'
          : 'ok',
  );
}

describe('a traced method', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['a string', 'text'],
    ['an array', [1]],
    ['a plain object', { a: 1 }],
    ['a function', () => () => 1],
    ['an iterable that is no iterator', new Set([1])],
    ['a cursor', { next: () => null, [Symbol.asyncIterator]: async function* () {} }],
    [
      'an object whose members cannot be read',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
    ],
  ])('is closed when it returns %s', (_what, value) => {
    const holder = { value };
    const { result, segment } = trace(() =>
      holder.value instanceof Function ? { of: call(holder.value) } : { of: call(holder.value) },
    );
    if (!(value instanceof Function)) expect(Object.is(result.of, value)).toBe(true);
    expect(states(segment)).toEqual(['ok']);
  });

  it('is closed when it returns a revoked proxy', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    class Revoked {
      @Subsegment()
      get(): object {
        return proxy;
      }
    }
    const { result, segment } = trace(() => [new Revoked().get()]);
    expect(Object.is(result[0], proxy)).toBe(true);
    expect(states(segment)).toEqual(['ok']);
  });

  describe('that returns a promise', () => {
    it('is open until it is fulfilled', async () => {
      const { promise, resolve } = new Deferred<string>();
      const open = trace(() => void call(promise));
      expect(states(open.segment)).toEqual(['open']);

      const traced = trace(async () => call(promise));
      resolve('done');
      const { result, segment } = await traced;
      expect([result, states(segment)]).toEqual(['done', ['ok']]);
    });

    it('returns the same promise object, which others may hold', () => {
      const { promise } = new Deferred();
      const { result } = trace(() => [call(promise)]);
      expect(result[0]).toBe(promise);
    });

    it('keeps the identity of an instance of a subclass', async () => {
      const promise = LaterPromise.resolve(1);
      const { result, segment } = await trace(async () => {
        const returned = call(promise);
        await returned;
        return [returned];
      });
      expect(result[0]).toBe(promise);
      expect(states(segment)).toEqual(['ok']);
    });

    it('records a rejection and passes it on', async () => {
      const thrown = new Error('broken');
      const { result, segment } = await trace(async () =>
        call(() => Promise.reject(thrown)).catch((seen: unknown) => seen),
      );
      expect(result).toBe(thrown);
      expect(states(segment)).toEqual(['fault broken']);
    });

    it('records a rejection of an async method and passes it on', async () => {
      const thrown = new Error('broken');
      const { result, segment } = await trace(() =>
        new Results(() => {
          throw thrown;
        })
          .asyncCall()
          .catch((seen: unknown) => seen),
      );
      expect(result).toBe(thrown);
      expect(states(segment)).toEqual(['fault broken']);
    });
  });

  describe('that returns a lazy thenable', () => {
    it('does not start it, and records nothing until it is used', () => {
      const query = new Query(() => Promise.resolve(1));
      const { result, segment } = trace(() => [call(query)]);
      expect(result[0]).toBe(query);
      expect(query.runs).toBe(0);
      expect(segment.subsegments).toBeUndefined();
    });

    it.each<[string, (query: any) => Promise<unknown>]>([
      ['await', async (query) => (await query) as unknown],
      ['then', (query) => query.where().then((value: unknown) => value)],
      ['catch', (query) => query.catch(() => 0)],
      ['finally', (query) => query.finally(() => undefined)],
    ])('is timed from %s until it settles, and runs it once', async (_how, use) => {
      const { promise, resolve } = new Deferred<string>();
      const query = new Query(() => promise);
      const traced = trace(() => {
        const used = use(call(query));
        setImmediate(resolve, 'rows');
        return used;
      });
      const { result, segment } = await traced;
      expect([result, query.runs, states(segment)]).toEqual(['rows', 1, ['ok']]);
    });

    it.each<[string, (query: any) => Promise<unknown>]>([
      ['await', async (query) => (await query) as unknown],
      ['catch', (query) => query.catch((thrown: unknown) => Promise.reject(thrown))],
      ['finally', (query) => query.finally(() => undefined)],
    ])('records its failure when used by %s', async (_how, use) => {
      const thrown = new Error('no table');
      const query = new Query(() => Promise.reject(thrown));
      const { result, segment } = await trace(() =>
        use(call(query)).catch((seen: unknown) => seen),
      );
      expect(result).toBe(thrown);
      expect(states(segment)).toEqual(['fault no table']);
    });

    it('runs its work inside the subsegment, and the callbacks outside', async () => {
      const inside: (string | undefined)[] = [];
      const query = new Query(async () => {
        inside.push(currentNode()?.name);
      });
      await trace(async () => call(query).then(() => inside.push(currentNode()?.name)));
      expect(inside).toEqual(['call', 'test']);
    });

    it('records a thenable that is cached and returned again only once', async () => {
      const query = new Query(() => Promise.resolve(1));
      const { segment } = await trace(async () => {
        for (let i = 0; i < 3; i++) await call(query);
      });
      expect(states(segment)).toEqual(['ok']);
      expect(query.runs).toBe(3);
    });
  });

  describe('that returns an Observable', () => {
    it('records nothing if nobody subscribes', () => {
      const { segment } = trace(() => void call(of(1)));
      expect(segment.subsegments).toBeUndefined();
    });

    it('is open from subscription to completion, with one subsegment per subscription', async () => {
      const subject = new Subject<number>();
      const { segment } = trace(() => {
        const observable: Observable<number> = call(subject);
        observable.subscribe();
        observable.pipe(map((n) => n)).subscribe();
      });
      expect(states(segment)).toEqual(['open', 'open']);
      const { segment: closed } = trace(() => {
        const observable: Observable<number> = call(of(1, 2));
        observable.subscribe();
        observable.subscribe();
      });
      expect(states(closed)).toEqual(['ok', 'ok']);
    });

    it('is closed with the error', () => {
      const thrown = new Error('gone');
      const { result, segment } = trace(() => {
        const seen: unknown[] = [];
        call(throwError(() => thrown)).subscribe({ error: (e: unknown) => seen.push(e) });
        return seen;
      });
      expect(result).toEqual([thrown]);
      expect(states(segment)).toEqual(['fault gone']);
    });

    it('is closed when the subscriber unsubscribes', () => {
      let stopped = false;
      const { segment } = trace(() => {
        const endless = new Observable<number>(() => () => (stopped = true));
        call(endless).subscribe().unsubscribe();
      });
      expect([stopped, states(segment)]).toEqual([true, ['ok']]);
    });

    it('lets take(1) stop a synchronous source', () => {
      let emitted = 0;
      const source = new Observable<number>((subscriber) => {
        while (!subscriber.closed && emitted < 1000) subscriber.next(++emitted);
      });
      const { segment } = trace(() => call(source).pipe(take(1)).subscribe());
      expect([emitted, states(segment)]).toEqual([1, ['ok']]);
    });

    it('is active inside the Observable, while the subscriber keeps its context', async () => {
      const inside: unknown[] = [];
      const source = defer(() => {
        inside.push(currentNode()?.name);
        return timer(1).pipe(map(() => inside.push(currentNode()?.name)));
      });
      await trace(
        () =>
          new Promise<void>((done) =>
            call(source).subscribe(() => {
              inside.push(currentNode()?.name);
              done();
            }),
          ),
      );
      expect(inside).toEqual(['call', 'call', 'test']);
    });

    it('keeps a Subject with its private state', () => {
      class Cart extends BehaviorSubject<number> {
        #added = 0;
        add(): number {
          this.next(this.value + 1);
          return ++this.#added;
        }
      }
      const cart = new Cart(1);
      const seen: number[] = [];
      const { segment } = trace(() => {
        const returned: Cart = call(cart);
        expect(returned).toBeInstanceOf(Cart);
        returned.subscribe((value) => seen.push(value));
        expect([returned.add(), returned.value]).toEqual([1, 2]);
        returned.complete();
      });
      expect([seen, states(segment)]).toEqual([[1, 2], ['ok']]);
    });

    it('keeps what was recorded before it returned', () => {
      const { segment } = trace(() => void call(() => of(capture('prepare', () => 1))));
      expect(segment.subsegments).toMatchObject([
        { name: 'call', subsegments: [{ name: 'prepare' }] },
      ]);
    });

    it('belongs to the request that subscribes', () => {
      const kept: Observable<number> = trace(() => [call(of(1))]).result[0];
      const { segment } = trace(() => kept.subscribe());
      expect(states(segment)).toEqual(['ok']);
    });
  });

  describe('that returns an iterator', () => {
    function* numbers(): Generator<number, string> {
      for (const n of [1, 2, 3]) yield n;
      return 'end';
    }
    async function* later(): AsyncGenerator<number> {
      for (const n of [1, 2, 3]) {
        await tick();
        yield n;
      }
    }

    it('records nothing if it is never started', () => {
      const { segment } = trace(() => void call(numbers()).return());
      expect(segment.subsegments).toBeUndefined();
    });

    it.each([
      ['a generator', () => numbers()],
      ['an iterator', () => [1, 2, 3].values()],
      ['an iterator of its own kind', () => new Countdown()],
      ['an async generator', () => later()],
    ])('is open until %s is done', async (_what, make) => {
      const made: any = make();
      const own = Object.getPrototypeOf(made) as object;
      const { result, segment } = await trace(async () => {
        const seen: number[] = [];
        const returned = call(made);
        expect(returned).toBe(made);
        for await (const n of returned) seen.push(n as number);
        return seen;
      });
      expect([result, states(segment)]).toEqual([[1, 2, 3], ['ok']]);
      expect(Object.getPrototypeOf(made)).toBe(own);
    });

    it('stays open while it is not done', () => {
      const { segment } = trace(() => void call(numbers()).next());
      expect(states(segment)).toEqual(['open']);
    });

    it.each([
      ['return', 'ok', (it: any) => it.return()],
      [
        'throw',
        'fault stop',
        (it: any) => {
          expect(() => it.throw(new Error('stop'))).toThrow('stop');
        },
      ],
    ])('is closed by an early %s', (_how, state, end) => {
      const { segment } = trace(() => {
        const iterator = call(numbers());
        iterator.next();
        end(iterator);
      });
      expect(states(segment)).toEqual([state]);
    });

    it('is closed when an async loop is left', async () => {
      const { segment } = await trace(async () => {
        for await (const _ of call(later())) break;
      });
      expect(states(segment)).toEqual(['ok']);
    });

    it('records what a step throws', async () => {
      async function* broken(): AsyncGenerator<number> {
        yield 1;
        throw new Error('torn');
      }
      const { segment } = await trace(async () => {
        await expect(async () => {
          for await (const _ of call(broken()));
        }).rejects.toThrow('torn');
      });
      expect(states(segment)).toEqual(['fault torn']);
    });

    it.each<[string, () => Promise<unknown>, string]>([
      ['is done', async () => ({ done: true }), 'ok'],
      ['fails', () => Promise.reject(new Error('torn')), 'fault torn'],
    ])('is open until an iterator with thenable steps %s', async (_how, last, state) => {
      const pages = new Pages(last);
      const { result, segment } = await trace(async () => {
        const seen: number[] = [];
        try {
          for await (const n of call(pages)) seen.push(n as number);
        } catch (thrown) {
          expect((thrown as Error).message).toBe('torn');
        }
        return seen;
      });
      expect([result, pages.runs, states(segment)]).toEqual([[1, 2, 3], 4, [state]]);
    });

    it('is open until an iterator of Node is done', async () => {
      const { segment } = await trace(async () => {
        for await (const _ of call(Readable.from(['a', 'b']).iterator()));
      });
      expect(states(segment)).toEqual(['ok']);
    });

    it('is active inside its body', async () => {
      const inside: unknown[] = [];
      async function* body(): AsyncGenerator<number> {
        inside.push(currentNode()?.name);
        await tick();
        inside.push(currentNode()?.name);
        yield 1;
      }
      await trace(async () => {
        for await (const _ of call(body())) inside.push(currentNode()?.name);
      });
      expect(inside).toEqual(['call', 'call', 'test']);
    });
  });
});

it('keeps a segment open until a promise of Node settles', async () => {
  const { result, segment } = await trace(() => setTimeout(1, 'done'));
  expect([result, segment.end_time]).toEqual(['done', expect.any(Number)]);
});

it('runs only the method itself if there is no segment', () => {
  expect(call(5)).toBe(5);
});

describe('a second subscription', () => {
  it('is recorded with everything that the first one has', () => {
    class Feed {
      @Subsegment({ namespace: 'remote', annotations: { fixed: 1 } })
      watch(@Annotation('item') item: string, @Metadata('filter') filter: string) {
        return of(item, filter);
      }
    }
    const { segment } = trace(() => {
      const feed = new Feed().watch('x', 'y');
      feed.subscribe();
      feed.subscribe();
    });
    const { nest } = segment.subsegments![0]!.metadata ?? {};
    const expected = {
      name: 'Feed.watch',
      namespace: 'remote',
      annotations: { item: 'x', fixed: 1 },
      metadata: { default: { filter: 'y' }, ...(nest && { nest }) },
    };
    expect(segment.subsegments).toMatchObject([expected, expected]);
  });

  it('has its own result and its own failure', () => {
    let subscriptions = 0;
    class Feed {
      @Subsegment({
        annotations: (_, last) => ({ last: last as number }),
        onError: (thrown) => ((thrown as Error).message === 'closed' ? 'error' : 'fault'),
      })
      watch() {
        return defer(() => {
          subscriptions++;
          return subscriptions < 3 ? of(0, subscriptions) : throwError(() => new Error('closed'));
        });
      }
    }
    const { segment } = trace(() => {
      const feed = new Feed().watch();
      for (let n = 0; n < 3; n++) feed.subscribe({ error: () => undefined });
    });
    const [first, second, third] = segment.subsegments!;
    expect([first!.annotations, second!.annotations]).toEqual([{ last: 1 }, { last: 2 }]);
    expect(third).toMatchObject({ error: true, cause: { exceptions: [{ message: 'closed' }] } });
    expect(third!.fault).toBeUndefined();
  });
});
