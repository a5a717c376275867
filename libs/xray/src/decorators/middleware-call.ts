import { storage } from '../core/context';
import { fail, succeed } from '../core/outcome';
import { follow } from '../core/promises';
import type { RecordedNode } from '../core/recorded-node';

type Method = (this: unknown, ...args: unknown[]) => unknown;

interface Response {
  prependOnceListener(event: string, listener: () => void): unknown;
}

/** What middleware passes to `next` to skip handlers in Express; anything else is an error. */
const SKIPS: readonly unknown[] = [undefined, null, 'route', 'router'];

/**
 * The response that a middleware is called with, if `args` are those of one: request, response and
 * `next`, after the error in Express's error handlers. Fastify's hooks have a reply around it.
 */
export function responseOfMiddleware(args: readonly unknown[]): Response | undefined {
  const { length } = args;
  if (length < 3 || length > 4 || typeof args[length - 1] !== 'function') return undefined;
  try {
    const given = args[length - 2] as { raw?: unknown } | undefined;
    return asResponse(given) ?? asResponse(given?.raw);
  } catch {
    // A value that throws when it is read is no response.
    return undefined;
  }
}

function asResponse(value: unknown): Response | undefined {
  const response = value as (Partial<Response> & { writeHead?: unknown }) | undefined;
  const isResponse =
    typeof response?.writeHead === 'function' && typeof response.prependOnceListener === 'function';
  return isResponse ? (response as Response) : undefined;
}

/**
 * Runs a middleware with `node` active and closes `node` when it calls `next`, throws, or the
 * response ends. `next` continues in the caller's context: what handles the request after a
 * middleware is not part of it.
 */
export function runMiddleware(
  node: RecordedNode,
  owned: boolean,
  method: Method,
  self: unknown,
  args: readonly unknown[],
  response: Response,
): unknown {
  const caller = storage.getStore();
  const next = args[args.length - 1] as Method;
  const close = () => succeed(node, undefined);
  const failed = (thrown: unknown) => fail(node, thrown);
  const proceed = function (this: unknown, ...given: unknown[]): unknown {
    if (SKIPS.includes(given[0])) close();
    else failed(given[0]);
    return storage.run(caller, Reflect.apply, next, this, given);
  };
  // Before the listeners that close the request's segment.
  response.prependOnceListener('finish', close);
  response.prependOnceListener('close', close);
  let result: unknown;
  try {
    result = storage.run(node, Reflect.apply, method, self, [...args.slice(0, -1), proceed]);
  } catch (thrown) {
    failed(thrown);
    throw thrown;
  }
  if (!(result instanceof Promise)) return result;
  if (owned) return follow(result as Promise<unknown>, () => undefined, failed);
  result.then(undefined, failed);
  return result;
}
