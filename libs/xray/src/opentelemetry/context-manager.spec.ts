import {
  context as contexts,
  createContextKey,
  ROOT_CONTEXT,
  trace,
  type Context,
} from '@opentelemetry/api';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeContextManager } from './context-manager';

/* What the context managers of @opentelemetry/context-async-hooks promise, asked of ours. */

const key = createContextKey('test');
const some = (value: unknown): Context => ROOT_CONTEXT.setValue(key, value);

let manager: BridgeContextManager;

beforeEach(() => {
  manager = new BridgeContextManager();
  manager.enable();
});
afterEach(() => {
  manager.disable();
});

describe('enable and disable', () => {
  it('return the manager, however often they are called', () => {
    expect(manager.enable()).toBe(manager);
    expect(manager.enable()).toBe(manager);
    expect(manager.disable()).toBe(manager);
    expect(manager.disable()).toBe(manager);
  });

  it('leave the root context after disable(), and work again after enable()', () => {
    manager.with(some(1), () => {
      manager.disable();
      expect(manager.active()).toBe(ROOT_CONTEXT);
    });
    manager.enable();
    manager.with(some(2), () => expect(manager.active().getValue(key)).toBe(2));
  });
});

describe('active', () => {
  it('is the root context outside any context', () => {
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });
});

describe('with', () => {
  it('returns the result of the function, and passes on this and arguments', () => {
    const self = { name: 'self' };
    const result = manager.with(
      some(1),
      function (this: unknown, a: number, b: number) {
        expect(this).toBe(self);
        return a + b;
      },
      self,
      2,
      3,
    );
    expect(result).toBe(5);
  });

  it('runs in the given context and restores the previous one', () => {
    const outer = some('outer');
    const inner = some('inner');
    manager.with(outer, () => {
      expect(manager.active()).toBe(outer);
      manager.with(inner, () => expect(manager.active()).toBe(inner));
      expect(manager.active()).toBe(outer);
    });
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  it('accepts the root context', () => {
    manager.with(some(1), () =>
      manager.with(ROOT_CONTEXT, () => expect(manager.active()).toBe(ROOT_CONTEXT)),
    );
  });

  it('passes on errors and restores the previous context', () => {
    const thrown = new Error('as it is');
    manager.with(some(1), () => {
      expect(() =>
        manager.with(some(2), () => {
          throw thrown;
        }),
      ).toThrow(thrown);
      expect(manager.active().getValue(key)).toBe(1);
    });
  });

  it('keeps the context across awaits, in two interleaved functions', async () => {
    const see = async (value: number) => {
      for (let turn = 0; turn < 3; turn++) {
        await Promise.resolve();
        expect(manager.active().getValue(key)).toBe(value);
        await sleep(1);
        expect(manager.active().getValue(key)).toBe(value);
      }
    };
    await Promise.all([1, 2, 3].map((value) => manager.with(some(value), () => see(value))));
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  it('restores the context after an inner asynchronous call', async () => {
    await manager.with(some('outer'), async () => {
      await manager.with(some('inner'), async () => {
        await sleep(1);
        expect(manager.active().getValue(key)).toBe('inner');
      });
      expect(manager.active().getValue(key)).toBe('outer');
    });
  });

  it.each<[string, (done: () => void) => unknown]>([
    ['setTimeout', (done) => setTimeout(done, 1)],
    ['setImmediate', (done) => setImmediate(done)],
    ['process.nextTick', (done) => process.nextTick(done)],
    ['queueMicrotask', (done) => queueMicrotask(done)],
    ['a promise', (done) => Promise.resolve().then(done)],
    ['a thenable', (done) => Promise.resolve({ then: (next: () => void) => next() }).then(done)],
  ])('keeps the context in %s', async (_name, later) => {
    const context = some('kept');
    const seen = await manager.with(
      context,
      () => new Promise<Context>((done) => void later(() => done(manager.active()))),
    );
    expect(seen).toBe(context);
  });

  it('keeps the context in an interval, each time', async () => {
    const context = some('kept');
    const seen = new Set<Context>();
    await manager.with(
      context,
      () =>
        new Promise<void>((done) => {
          let count = 0;
          const timer = setInterval(() => {
            seen.add(manager.active());
            if (++count < 3) return;
            clearInterval(timer);
            done();
          }, 1);
        }),
    );
    expect([...seen]).toEqual([context]);
  });

  it('keeps the context in generators only while they run', async () => {
    async function* count() {
      yield manager.active().getValue(key);
      await Promise.resolve();
      yield manager.active().getValue(key);
    }
    const values = count();
    expect((await manager.with(some('a'), () => values.next())).value).toBe('a');
    expect((await manager.with(some('b'), () => values.next())).value).toBe('b');
  });
});

describe('bind with a function', () => {
  it('calls it in the context, with its this and arguments', () => {
    const context = some('bound');
    const self = { name: 'self' };
    const bound = manager.bind(context, function (this: unknown, ...args: number[]) {
      return [this, args, manager.active()];
    });
    expect(manager.with(some('other'), () => bound.call(self, 1, 2))).toEqual([
      self,
      [1, 2],
      context,
    ]);
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  it('keeps the arity', () => {
    expect(manager.bind(some(1), (_a: unknown, _b: unknown, _c: unknown) => 0)).toHaveLength(3);
  });

  it('returns any other value unchanged', () => {
    const target = { a: 1 };
    expect(manager.bind(some(1), target)).toBe(target);
    expect(manager.bind(some(1), 7)).toBe(7);
  });

  it('applies to work that the function starts', async () => {
    const context = some('bound');
    const bound = manager.bind(context, async () => {
      await sleep(1);
      return manager.active();
    });
    expect(await bound()).toBe(context);
  });
});

describe('bind with an emitter', () => {
  const adders = ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const;

  it('returns the same emitter', () => {
    const emitter = new EventEmitter();
    expect(manager.bind(some(1), emitter)).toBe(emitter);
    expect(manager.bind(some(2), emitter)).toBe(emitter);
  });

  it.each(adders)('calls what %s adds in the context', (add) => {
    const context = some('bound');
    const emitter = manager.bind(context, new EventEmitter());
    const seen: unknown[] = [];
    emitter[add]('event', (...args: unknown[]) => seen.push(manager.active(), ...args));
    expect(manager.with(some('other'), () => emitter.emit('event', 1, 2))).toBe(true);
    expect(seen).toEqual([context, 1, 2]);
    expect(emitter.listenerCount('event')).toBe(add.toLowerCase().includes('once') ? 0 : 1);
  });

  it.each(adders.flatMap((add) => [[add, 'off'] as const, [add, 'removeListener'] as const]))(
    'removes what %s added by %s of the original',
    (add, remove) => {
      const emitter = manager.bind(some(1), new EventEmitter());
      const listener = jest.fn();
      emitter[add]('event', listener);
      emitter[remove]('event', listener);
      emitter.emit('event');
      expect(listener).not.toHaveBeenCalled();
      expect(emitter.listenerCount('event')).toBe(0);
    },
  );

  it('removes all listeners, of one event and of all', () => {
    const emitter = manager.bind(some(1), new EventEmitter());
    const listener = jest.fn();
    emitter.on('a', listener).on('b', listener).on('c', listener);
    emitter.removeAllListeners('a');
    emitter.emit('a');
    expect(listener).not.toHaveBeenCalled();
    emitter.emit('b');
    expect(listener).toHaveBeenCalledTimes(1);
    emitter.removeAllListeners();
    emitter.emit('c');
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('calls a listener that was added twice twice, and removes it once at a time', () => {
    const emitter = manager.bind(some(1), new EventEmitter());
    const listener = jest.fn();
    emitter.on('event', listener).on('event', listener);
    emitter.off('event', listener);
    emitter.emit('event');
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('distinguishes a listener for different events', () => {
    const emitter = manager.bind(some(1), new EventEmitter());
    const listener = jest.fn();
    emitter.on('a', listener).on('b', listener);
    emitter.off('a', listener);
    emitter.emit('b');
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('does not change listeners that were added before', () => {
    const emitter = new EventEmitter();
    const seen: Context[] = [];
    emitter.on('event', () => seen.push(manager.active()));
    manager.bind(some('bound'), emitter);
    emitter.emit('event');
    expect(seen).toEqual([ROOT_CONTEXT]);
  });
});

it('is registered with the API as its global context manager', () => {
  expect(contexts.setGlobalContextManager(manager)).toBe(true);
  contexts.with(some('api'), () => {
    expect(contexts.active().getValue(key)).toBe('api');
    expect(trace.getActiveSpan()).toBeUndefined();
  });
  contexts.disable();
});
