import { ROOT_CONTEXT, trace, type Context, type ContextManager } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { storage, type Active } from '../core/context';
import { bindEmitter } from './bind-emitter';
import { bridgeSpanIn, NODE } from './nodes';
import { spanOf } from './span-of';
import { withBaggage } from './trace-baggage';

/** A context of OpenTelemetry's, and what was active in ours when it was entered. */
class Entered {
  /** What of ours was begun in it last, and the context with its span. */
  private inner: Active = undefined;
  private innerContext: Context | undefined = undefined;

  constructor(
    readonly context: Context,
    readonly active: Active,
  ) {}

  /** The context where `active`, something else of ours, is active in it. */
  around(active: NonNullable<Active>): Context {
    if (this.innerContext === undefined || this.inner !== active) {
      this.inner = active;
      this.innerContext = trace.setSpan(withBaggage(this.context, active), spanOf(active));
    }
    return this.innerContext;
  }
}

/**
 * OpenTelemetry's context on top of ours. What is active stays where it is; beside it is kept the
 * context that was entered last, and with what. Where that is still active, the context is the
 * active one; else something of ours was begun since, and its span takes the place of the context's.
 * So both nest in each other in any order.
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
    // A context without a span of ours says nothing about where ours are: they stay in their trace.
    const active = span === undefined ? storage.getStore() : span[NODE];
    const entered = new Entered(context, active);
    const call = Reflect.apply as (fn: F, thisArg: unknown, args: A) => ReturnType<F>;
    if (active === storage.getStore()) return this.entered.run(entered, call, fn, thisArg, args);
    const enter = () => storage.run(active, call, fn, thisArg, args);
    return this.entered.run(entered, enter);
  }

  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter) {
      // What comes in is still to be given a segment here, which its events belong to.
      const span = bridgeSpanIn(context);
      if (span?.stepsBack === true && span[NODE] === undefined) return target;
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
    // What asks for the arity, as Express does of error handlers, must get the original's.
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
 * The context of what is active, where none of OpenTelemetry's was entered around it. Kept by its
 * span: one more map of weak keys is more work for the garbage collector.
 */
function contextOf(active: NonNullable<Active>): Context {
  const span = spanOf(active);
  return (span.context ??= trace.setSpan(withBaggage(ROOT_CONTEXT, active), span));
}
