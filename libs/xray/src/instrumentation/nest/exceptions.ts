import { loadedPrototypes } from '../loaded-copies';
import { patchMethod, type Method } from '../patch';
import { exchangeOf, hideQuery } from '../../entry/exchange';

interface Host {
  getArgByIndex(index: number): unknown;
}

/**
 * Records what an HTTP request threw at its segment, whoever threw it: handler, guard, pipe,
 * interceptor or middleware. Nest's own way to its filters is watched, since an interceptor sees
 * nothing of guards, and costs more. Once for a process.
 */
export function watchExceptions(): void {
  const file = '@nestjs/core/exceptions/exceptions-handler';
  for (const prototype of loadedPrototypes(file, 'ExceptionsHandler')) {
    patchMethod(prototype, 'next', recording);
  }
}

function recording(original: Method): Method {
  return function next(this: unknown, thrown: unknown, host: Host): unknown {
    const exchange = exchangeOf(host.getArgByIndex(1));
    if (exchange !== undefined && !exchange.segment.isClosed()) {
      exchange.segment.addError(thrown);
      hideQuery(exchange);
    }
    return Reflect.apply(original as (...args: unknown[]) => unknown, this, [thrown, host]);
  };
}
