import asyncHooks, { AsyncLocalStorage, createHook } from 'node:async_hooks';
import crypto from 'node:crypto';
import { Socket } from 'node:dgram';
import { ServerResponse } from 'node:http';

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
}

/** Counts calls without changing them, until it is stopped. */
export function callCounter() {
  const spies = {
    hooks: [jest.spyOn(asyncHooks, 'createHook')],
    contexts: [
      jest.spyOn(AsyncLocalStorage.prototype, 'run'),
      jest.spyOn(AsyncLocalStorage.prototype, 'enterWith'),
    ],
    clockReadings: [jest.spyOn(performance, 'now')],
    listeners: [
      jest.spyOn(ServerResponse.prototype, 'on'),
      jest.spyOn(ServerResponse.prototype, 'once'),
    ],
    stringified: [jest.spyOn(JSON, 'stringify')],
    datagrams: [jest.spyOn(Socket.prototype, 'send')],
    turns: [jest.spyOn(globalThis, 'setImmediate')],
    randomFills: [
      jest.spyOn(globalThis.crypto, 'getRandomValues'),
      jest.spyOn(crypto, 'randomBytes'),
      jest.spyOn(crypto, 'randomFillSync'),
    ],
  };
  let promises = 0;
  // From before the spies were put in place: it is not one of those that count.
  const hook = createHook({ init: (_id, type) => void (type === 'PROMISE' && promises++) });
  hook.enable();
  return {
    counts(): Counts {
      const made = Object.entries(spies).map(([name, of]) => [
        name,
        of.reduce((sum, spy) => sum + spy.mock.calls.length, 0),
      ]);
      return { ...(Object.fromEntries(made) as Omit<Counts, 'promises'>), promises };
    },
    stop(): void {
      hook.disable();
      jest.restoreAllMocks();
    },
  };
}
