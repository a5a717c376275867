import asyncHooks, { AsyncLocalStorage, createHook } from 'node:async_hooks';
import crypto from 'node:crypto';
import { Socket } from 'node:dgram';
import { ServerResponse } from 'node:http';
import timers from 'node:timers';

/** How often things were done in this process that cost a request its time. */
export interface Counts {
  /** async_hooks put in place. */
  hooks: number;
  /** AsyncLocalStorage stores entered. */
  contexts: number;
  clockReadings: number;
  /** On responses. */
  listeners: number;
  stringified: number;
  datagrams: number;
  /** setImmediate(). */
  turns: number;
  promises: number;
  /** Times that the random generator was asked. */
  randomFills: number;
  /** Added to objects whose prototype had been changed, as Express does: each costs several µs. */
  lateProperties: number;
}

type Called = [owner: object, method: string];

/** What is counted under which name. */
const CALLS: Record<Exclude<keyof Counts, 'promises' | 'lateProperties'>, Called[]> = {
  hooks: [[asyncHooks, 'createHook']],
  contexts: [
    [AsyncLocalStorage.prototype, 'run'],
    [AsyncLocalStorage.prototype, 'enterWith'],
  ],
  clockReadings: [[performance, 'now']],
  listeners: [
    [ServerResponse.prototype, 'on'],
    [ServerResponse.prototype, 'once'],
  ],
  stringified: [[JSON, 'stringify']],
  datagrams: [[Socket.prototype, 'send']],
  turns: [
    [globalThis, 'setImmediate'],
    [timers, 'setImmediate'],
  ],
  randomFills: [
    [globalThis.crypto, 'getRandomValues'],
    [crypto, 'randomBytes'],
    [crypto, 'randomFillSync'],
  ],
};

/** What counts now: the package keeps the functions that it found when it was loaded. */
let counting: Counts | undefined;

for (const [name, calls] of Object.entries(CALLS)) {
  for (const called of calls) {
    onCall(called, () => {
      if (counting) counting[name as keyof Counts]++;
    });
  }
}

/** Objects whose prototype has been changed, with the number of properties that they had. */
const changed = new Map<object, number>();

const { setPrototypeOf } = Object;
Object.setPrototypeOf = <T>(object: T, prototype: object | null): T => {
  if (counting) changed.set(object as object, Reflect.ownKeys(object as object).length);
  return setPrototypeOf(object, prototype) as T;
};

function lateProperties(): number {
  let late = 0;
  for (const [object, before] of changed) late += Reflect.ownKeys(object).length - before;
  return late;
}

/** Counts calls without changing them, until it is stopped. */
export function callCounter() {
  const counts: Counts = {
    hooks: 0,
    contexts: 0,
    clockReadings: 0,
    listeners: 0,
    stringified: 0,
    datagrams: 0,
    turns: 0,
    promises: 0,
    randomFills: 0,
    lateProperties: 0,
  };
  // From before the calls are counted: it is not one of the hooks that count.
  const hook = createHook({ init: (_id, type) => void (type === 'PROMISE' && counts.promises++) });
  counting = counts;
  hook.enable();
  return {
    counts: (): Counts => ({ ...counts, lateProperties: lateProperties() }),
    stop(): void {
      hook.disable();
      counting = undefined;
      changed.clear();
    },
  };
}

/** Calls `seen` before each call of `owner[method]`. */
function onCall([owner, method]: Called, seen: () => void): void {
  const called = Reflect.get(owner, method) as (...args: unknown[]) => unknown;
  const value = function (this: unknown, ...args: unknown[]): unknown {
    seen();
    return Reflect.apply(called, this, args);
  };
  Object.defineProperty(owner, method, { value, configurable: true, writable: true });
}
