import type { CallHandler, ExecutionContext, NestInterceptor, Type } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { loadedPrototypes } from '../instrumentation/loaded-copies';
import { patchMethod, type Method } from '../instrumentation/patch';
import { activeExchange } from './exchange';

/**
 * Names the segment of a request after its controller and handler, by Nest's public interface.
 * Without it (`interceptor: false`) the route that took the request tells the same.
 */
@Injectable()
export class SegmentInterceptor implements NestInterceptor {
  constructor() {
    stepAside();
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() === 'http') {
      nameExchange(context.getArgByIndex(1), context.getClass(), context.getHandler());
    }
    return next.handle();
  }
}

function nameExchange(response: unknown, controller: { name: string }, handler: { name: string }) {
  const exchange = activeExchange(response);
  if (exchange === undefined) return;
  exchange.controller = controller.name;
  exchange.handler = handler.name;
}

/** The private method of Nest's that runs the interceptors of one call, in Nest 10 to 12. */
type Intercept = (
  this: unknown,
  interceptors: NestInterceptor[],
  args: unknown[],
  instance: { constructor: Type },
  handler: { name: string },
  next: () => Promise<unknown>,
  type?: string,
) => Promise<unknown>;

/**
 * Does the interceptor's work before Nest's chain of interceptors, and takes it out of there. For an
 * interceptor, even an empty one, Nest 11 makes Observables, promises and bound resources that cost
 * 60 µs of CPU a request; where ours is the only one, there is no chain then. Once for a process; a
 * version of Nest that has no such method calls the interceptor as ever.
 */
function stepAside(): void {
  const file = '@nestjs/core/interceptors/interceptors-consumer';
  for (const prototype of loadedPrototypes(file, 'InterceptorsConsumer')) {
    patchMethod(prototype, 'intercept', around);
  }
}

function around(original: Method): Method {
  const chain = original as unknown as Intercept;
  const intercept: Intercept = function (interceptors, args, instance, handler, next, type) {
    const others = interceptors.filter((each) => !(each instanceof SegmentInterceptor));
    if (others.length < interceptors.length && type === 'http') {
      nameExchange(args[1], instance.constructor, handler);
    }
    return chain.call(this, others, args, instance, handler, next, type);
  };
  return intercept;
}
