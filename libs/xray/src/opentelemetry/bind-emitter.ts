import type { Context, ContextManager } from '@opentelemetry/api';
import type { EventEmitter } from 'node:events';

type Listener = (...args: unknown[]) => void;
type Adder = (event: string | symbol, listener: Listener) => EventEmitter;

const ADDERS = ['addListener', 'on', 'once', 'prependListener', 'prependOnceListener'] as const;
const REMOVERS = ['removeListener', 'off'] as const;

/** The bound listeners of each emitter, by original listener; one for all events. */
const emitters = new WeakMap<EventEmitter, WeakMap<Listener, Listener>>();

/**
 * Calls the listeners that are added to `emitter` from now on in `context`. They are removed by the
 * original function, as usual. A second call for the same emitter does nothing.
 */
export function bindEmitter<T extends EventEmitter>(
  manager: ContextManager,
  context: Context,
  emitter: T,
): T {
  if (emitters.has(emitter)) return emitter;
  const bound = new WeakMap<Listener, Listener>();
  emitters.set(emitter, bound);
  // `once` calls `on` with its own wrapper. Binding that too would break removal.
  let adding = false;

  for (const name of ADDERS) {
    const original = emitter[name].bind(emitter) as Adder;
    define(emitter, name, (event, listener) => {
      if (adding || typeof listener !== 'function') return original(event, listener);
      let replacement = bound.get(listener);
      if (replacement === undefined) {
        replacement = manager.bind(context, listener);
        bound.set(listener, replacement);
      }
      adding = true;
      try {
        return original(event, replacement);
      } finally {
        adding = false;
      }
    });
  }
  for (const name of REMOVERS) {
    const original = emitter[name].bind(emitter) as Adder;
    define(emitter, name, (event, listener) => original(event, bound.get(listener) ?? listener));
  }
  return emitter;
}

function define(emitter: EventEmitter, name: string, value: Adder): void {
  Object.defineProperty(emitter, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}
