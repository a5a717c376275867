import 'reflect-metadata';

/** The class and method of the application that handles a request or message. */
export interface HandlerName {
  controller: string;
  handler: string;
}

/**
 * Nest copies a handler's metadata, including this key, to the function that it passes to the
 * router.
 */
const HANDLER = Symbol('nestjs-xray.handler');

/** Fastify wraps that function again, but keeps Nest's metadata in the route's configuration. */
const FASTIFY_CONFIG = '__fastify_route_config__';

export function setHandlerName(handler: object, name: HandlerName): void {
  Reflect.defineMetadata(HANDLER, name, handler);
  const config = Reflect.getMetadata(FASTIFY_CONFIG, handler) as object | undefined;
  Reflect.defineMetadata(FASTIFY_CONFIG, { ...config, [HANDLER]: name }, handler);
}

/** The controller and handler behind a function that was passed to Express. */
export function handlerNameOf(handler: unknown): HandlerName | undefined {
  if (typeof handler !== 'function') return undefined;
  return Reflect.getOwnMetadata(HANDLER, handler) as HandlerName | undefined;
}

/** The controller and handler of a Fastify route. */
export function handlerNameIn(config: object | undefined): HandlerName | undefined {
  return (config as { [HANDLER]?: HandlerName } | undefined)?.[HANDLER];
}

/** A route that is being added to Fastify and can still be changed. */
interface FastifyRoute {
  handler: unknown;
  config?: object;
}

/** For routes whose configuration Nest does not pass on: those of @All(). */
export function nameFastifyRoutes(fastify: {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void;
}): void {
  fastify.addHook('onRoute', (route) => {
    const name = handlerNameOf(route.handler);
    if (name !== undefined) route.config = { ...route.config, [HANDLER]: name };
  });
}
