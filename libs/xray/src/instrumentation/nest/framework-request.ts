import type { IncomingMessage } from 'node:http';

/** The framework's request. Express's is Node's own request; Fastify's has it as `raw`. */
export interface FrameworkRequest {
  raw?: IncomingMessage;
  originalUrl?: string;
  /** Express: the path at which the matching router is mounted. */
  baseUrl?: string;
  /** Express: the application, whose router has different names in Express 4 and 5. */
  app?: Partial<Record<'_router' | 'router', { stack?: { route?: unknown }[] }>>;
  /** Express: set when a route has matched. */
  route?: { path?: unknown; stack?: { handle?: unknown }[] };
  /** Fastify: the matching route. */
  routeOptions?: { url?: string; config?: object };
}
