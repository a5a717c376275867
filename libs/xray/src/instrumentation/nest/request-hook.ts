import type { FrameworkRequest } from './framework-request';

export type Hook = (request: FrameworkRequest, response: unknown, next: () => void) => unknown;

/** The methods of Nest's HTTP adapters used here; `setOnRequestHook` since Nest 11.1.4. */
export interface HookableAdapter {
  setOnRequestHook?(hook: Hook): void;
  onRequestHook?: Hook;
  use(...handlers: unknown[]): unknown;
  getType(): string;
  getInstance<T>(): T;
}

/** Runs `hook` first on each request, before middleware, CORS and the body parser. */
export function hookRequests(adapter: HookableAdapter, hook: Hook): void {
  if (adapter.setOnRequestHook) return chain(adapter, hook);
  if (adapter.getType() === 'fastify') {
    adapter
      .getInstance<{ addHook(name: 'onRequest', hook: Hook): void }>()
      .addHook('onRequest', hook);
  } else {
    adapter.use(hook);
  }
}

/** An adapter has one request hook. One set before or after ours is called after ours. */
function chain(adapter: HookableAdapter, hook: Hook): void {
  let other = adapter.onRequestHook;
  const passedOn = new WeakSet<object>();
  adapter.setOnRequestHook!((request, response, next) => {
    if (other === undefined) return hook(request, response, next);
    // A later hook that calls the hook set before it, as ours does, ends up here again.
    if (passedOn.has(request)) return next();
    passedOn.add(request);
    return hook(request, response, () => void other!.call(adapter, request, response, next));
  });
  adapter.setOnRequestHook = (later) => {
    other = later;
  };
}
