import type { FrameworkRequest } from '../instrumentation/nest/framework-request';
import { pathOf } from './http-block';

/** A path in which each part matches exactly one part of the URL. */
const PLAIN = /^\/[^*{}()?+[\]]*$/;

/**
 * Where the Express router of a failed route is mounted. Express has left the router by the time it
 * handles an error, so `request.baseUrl` is no longer set. The mount path is the part of the URL
 * before the parts that the route matched. Empty for routes of the application itself.
 */
export function mountPath({ app, route, originalUrl }: FrameworkRequest): string {
  const path = route?.path;
  if (typeof path !== 'string' || !PLAIN.test(path) || originalUrl === undefined) return '';
  // Express 4 has `_router`, and throws when `router` is read.
  const stack = (app?._router ?? app?.router)?.stack;
  if (!Array.isArray(stack) || stack.some((layer) => layer.route === route)) return '';
  const parts = partsOf(pathOf(originalUrl));
  const before = parts.slice(0, Math.max(0, parts.length - partsOf(path).length));
  return before.map((part) => `/${part}`).join('');
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}
