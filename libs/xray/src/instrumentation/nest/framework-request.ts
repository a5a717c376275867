import type { IncomingMessage } from 'node:http';

/** The framework's request: Express's is the raw one, Fastify's carries it as `raw`. */
export interface FrameworkRequest {
  raw?: IncomingMessage;
  originalUrl?: string;
  /** Express: where the router that took the request is mounted. */
  baseUrl?: string;
  /** Express, once a route took the request. */
  route?: { path?: unknown; stack?: { handle?: unknown }[] };
  /** Fastify. */
  routeOptions?: { url?: string; config?: object };
}
