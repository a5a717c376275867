import { ROOT_CONTEXT, trace, type Context, type ContextManager } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { storage, type Active } from '../core/context';
import { bindEmitter } from './bind-emitter';
import { bridgeSpanIn, NODE } from './nodes';
import { spanOf } from './span-of';
import { withBaggage } from './trace-baggage';

/** A context of OpenTelemetry, and the segment or subsegment that was active when it was entered. */
class Entered {
  /** The segment or subsegment last opened within it, and the context with its span. */
  private inner: Active = undefined;
  private innerContext: Context | undefined = undefined;

  constructor(
    readonly context: Context,
    readonly active: Active,
  ) {}

  /** The context for `active`, a segment or subsegment opened within this one. */
  around(active: NonNullable<Active>): Context {
    if (this.innerContext === undefined || this.inner !== active) {
      this.inner = active;
      this.innerContext = trace.setSpan(withBaggage(this.context, active), spanOf(active));
    }
    return this.innerContext;
  }
}

/**
 * Implements OpenTelemetry's context on top of ours. The active segment or subsegment stays in our
 * storage. A second storage keeps the context entered last, and what was active then. If that is
 * still active, the entered context is the active one. Otherwise we opened a subsegment since, and
 * its span replaces the span of the entered context. So spans and subsegments nest in any order.
 */
export class BridgeContextManager implements ContextManager {
  private readonly entered = new AsyncLocalStorage<Entered>();

  active(): Context {
    const active = storage.getStore();
    const entered = this.entered.getStore();
    if (entered === undefined) return active === undefined ? ROOT_CONTEXT : contextOf(active);
    if (entered.active === active) return entered.context;
    if (active === undefined) return trace.deleteSpan(entered.context);
    return entered.around(active);
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const span = bridgeSpanIn(context);
    // A context without one of our spans does not change which subsegment is active.
    const active = span === undefined ? storage.getStore() : span[NODE];
    const entered = new Entered(context, active);
    const call = Reflect.apply as (fn: F, thisArg: unknown, args: A) => ReturnType<F>;
    if (active === storage.getStore()) return this.entered.run(entered, call, fn, thisArg, args);
    const enter = () => storage.run(active, call, fn, thisArg, args);
    return this.entered.run(entered, enter);
  }

  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter) {
      // Our own instrumentation opens the segment of this request and binds its events.
      const span = bridgeSpanIn(context);
      if (span?.isDuplicate === true && span[NODE] === undefined) return target;
      return bindEmitter(this, context, target);
    }
    return typeof target === 'function' ? this.bindFunction(context, target as never) : target;
  }

  private bindFunction<F extends (...args: unknown[]) => unknown>(context: Context, target: F): F {
    const run = (thisArg: unknown, args: unknown[]): unknown =>
      this.with(context, target as never, thisArg as never, ...(args as never[]));
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return run(this, args);
    };
    // Keep the arity: Express recognises error handlers by it.
    Object.defineProperty(bound, 'length', { configurable: true, value: target.length });
    return bound as F;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.entered.disable();
    return this;
  }
}

/**
 * The context of the active segment or subsegment when no context of OpenTelemetry was entered.
 * Cached on its span: another WeakMap would be more work for the garbage collector.
 */
function contextOf(active: NonNullable<Active>): Context {
  const span = spanOf(active);
  return (span.context ??= trace.setSpan(withBaggage(ROOT_CONTEXT, active), span));
}
