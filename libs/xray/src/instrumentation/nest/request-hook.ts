import type { FrameworkRequest } from './framework-request';

export type Hook = (request: FrameworkRequest, response: unknown, next: () => void) => unknown;

/** What Nest's HTTP adapters offer; `setOnRequestHook` from Nest 11.1.4 on. */
export interface HookableAdapter {
  setOnRequestHook?(hook: Hook): void;
  onRequestHook?: Hook;
  use(...handlers: unknown[]): unknown;
  getType(): string;
  getInstance<T>(): T;
}

/** Makes `hook` the first to see a request, before middleware, CORS and the body parser. */
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

/** There is one hook of each kind: an earlier one, or one set later, becomes our continuation. */
function chain(adapter: HookableAdapter, hook: Hook): void {
  let other = adapter.onRequestHook;
  const passedOn = new WeakSet<object>();
  adapter.setOnRequestHook!((request, response, next) => {
    if (other === undefined) return hook(request, response, next);
    // A later one that goes on to the hook it found, as this one does, comes back to here.
    if (passedOn.has(request)) return next();
    passedOn.add(request);
    return hook(request, response, () => void other!.call(adapter, request, response, next));
  });
  adapter.setOnRequestHook = (later) => {
    other = later;
  };
}
