import 'reflect-metadata';

/** Which of the application's classes and methods takes a request or a message. */
export interface HandlerName {
  controller: string;
  handler: string;
}

/** Nest copies a handler's metadata to the function that it gives to the router, this among it. */
const HANDLER = Symbol('nestjs-xray.handler');

/** Fastify wraps that function once more, but keeps what Nest tells it as the route's configuration. */
const FASTIFY_CONFIG = '__fastify_route_config__';

export function setHandlerName(handler: object, name: HandlerName): void {
  Reflect.defineMetadata(HANDLER, name, handler);
  const config = Reflect.getMetadata(FASTIFY_CONFIG, handler) as object | undefined;
  Reflect.defineMetadata(FASTIFY_CONFIG, { ...config, [HANDLER]: name }, handler);
}

/** Whose handler a function is that Express was given. */
export function handlerNameOf(handler: unknown): HandlerName | undefined {
  if (typeof handler !== 'function') return undefined;
  return Reflect.getOwnMetadata(HANDLER, handler) as HandlerName | undefined;
}

/** Whose handler a route of Fastify's leads to. */
export function handlerNameIn(config: object | undefined): HandlerName | undefined {
  return (config as { [HANDLER]?: HandlerName } | undefined)?.[HANDLER];
}

/** A route that is being added to Fastify, and may still be changed. */
interface FastifyRoute {
  handler: unknown;
  config?: object;
}

/** For the routes whose configuration Nest does not pass on: those of @All(). */
export function nameFastifyRoutes(fastify: {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void;
}): void {
  fastify.addHook('onRoute', (route) => {
    const name = handlerNameOf(route.handler);
    if (name !== undefined) route.config = { ...route.config, [HANDLER]: name };
  });
}
