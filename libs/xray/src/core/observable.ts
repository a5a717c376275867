import { Observable, Subscriber } from 'rxjs';
import { storage, type Active } from './context';
import type { RecordedNode } from './recorded-node';
import { Later } from './later';
import { fail, succeed } from './outcome';

/**
 * Returns an Observable that behaves like `source` and records each subscription.
 *
 * It is a proxy, so that a Subject stays a Subject: patching the object would mix up the
 * subscriptions of different requests, and `Object.create` would split its state. Subscribers
 * receive values in their own context.
 */
export function traceObservable<T>(
  node: RecordedNode,
  source: Observable<T>,
  later = new Later(node),
): Observable<T> {
  const traced = new Observable<T>((destination) => {
    const caller = storage.getStore();
    const open = later.begin(caller);
    if (open === undefined) return source.subscribe(destination);
    const follower = new Follower(destination, open, caller);
    storage.run(open, subscribe, source, follower);
    return follower;
  });
  return new Proxy(source, new SourceProxy(traced));
}

function subscribe(source: Observable<unknown>, follower: Subscriber<unknown>): void {
  source.subscribe(follower);
}

/** Passes values on in the subscriber's context and closes the node when the stream ends. */
class Follower<T> extends Subscriber<T> {
  private last: T | undefined = undefined;

  constructor(
    destination: Subscriber<T>,
    private readonly node: RecordedNode,
    private readonly caller: Active,
  ) {
    super(destination);
  }

  protected override _next(value: T): void {
    if (this.node.call?.detailed) this.last = value;
    storage.run(this.caller, () => super._next(value));
  }

  protected override _error(thrown: unknown): void {
    fail(this.node, thrown);
    storage.run(this.caller, () => super._error(thrown));
  }

  protected override _complete(): void {
    succeed(this.node, this.last);
    storage.run(this.caller, () => super._complete());
  }

  override unsubscribe(): void {
    // Also called when a stream has ended: the node is closed by then and this does nothing. Called
    // from within super(), before there is a node, if the destination is already closed.
    if (this.node !== undefined) succeed(this.node, this.last);
    super.unsubscribe();
  }
}

type Keyed = Record<PropertyKey, unknown>;

class SourceProxy<T> implements ProxyHandler<Observable<T>> {
  constructor(private readonly traced: Observable<T>) {}

  get(source: Observable<T>, key: PropertyKey, proxy: unknown): unknown {
    if (key === 'subscribe') return this.subscribe;
    // Call Observable's own methods on the proxy, so that derived Observables are traced too.
    if (key in Observable.prototype) return Reflect.get(source, key, proxy);
    // Methods of a subclass may use private fields, which only the source itself has.
    const value: unknown = Reflect.get(source, key, source);
    if (typeof value !== 'function' || key === 'constructor') return value;
    const own = Reflect.getOwnPropertyDescriptor(source, key);
    if (own && !own.configurable && !own.writable) return value;
    return (value as (...args: unknown[]) => unknown).bind(source);
  }

  set(source: Observable<T>, key: PropertyKey, value: unknown): boolean {
    return Reflect.set(source as unknown as Keyed, key, value, source);
  }

  private readonly subscribe = (...args: Parameters<Observable<T>['subscribe']>) =>
    this.traced.subscribe(...args);
}
