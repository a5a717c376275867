import type { Active } from '../../core/context';
import { withOwnHeaders } from '../../core/second-hand';

/** The headers of a NATS message, as the packages of NATS create them. */
interface NatsHeaders extends Iterable<[name: string, values: string[]]> {
  code: number;
  description: string;
  append(name: string, value: string): void;
}

export function isNatsHeaders(headers: object): headers is NatsHeaders {
  return Symbol.iterator in headers && 'append' in headers && typeof headers.append === 'function';
}

/**
 * A copy of `headers` with `ours`. The original may be part of a message that the application sends
 * again, in another request.
 */
export function withOwnNatsHeaders(
  active: Active,
  ours: readonly [name: string, value: string][],
  headers: NatsHeaders,
): NatsHeaders {
  const Headers = headers.constructor as new (code: number, description: string) => NatsHeaders;
  const copy = new Headers(headers.code, headers.description);
  const own = withOwnHeaders(active, ours, Object.fromEntries(headers));
  for (const [name, values] of Object.entries(own) as [string, string | string[]][]) {
    for (const value of [values].flat()) copy.append(name, value);
  }
  return copy;
}
