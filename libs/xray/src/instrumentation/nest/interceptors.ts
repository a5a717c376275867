import type { NestInterceptor, Type } from '@nestjs/common';
import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';
import { eachPrototype, interceptorsConsumer } from './parts';

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

/** Does an interceptor's work; `response` is the framework's. */
export type InterceptorWork = (
  response: unknown,
  controller: { name: string },
  handler: { name: string },
) => void;

/**
 * Takes `interceptor` out of Nest's chain of interceptors and does its `work` on HTTP requests before
 * that. For an interceptor, even an empty one, Nest 11 makes Observables, promises and bound resources
 * that cost 60 µs of CPU a request; where ours is the only one, there is no chain then. Once for a
 * process; a version of Nest that has no such method calls the interceptor as ever.
 */
export function runBeforeChain(
  interceptor: Type<NestInterceptor>,
  work: InterceptorWork,
  warn: Warn,
): void {
  eachPrototype(interceptorsConsumer, warn, (prototype) => {
    patchMethod(prototype, 'intercept', (original) => around(original, interceptor, work));
  });
}

function around(original: Method, own: Type<NestInterceptor>, work: InterceptorWork): Method {
  const chain = original as unknown as Intercept;
  const intercept: Intercept = function (interceptors, args, instance, handler, next, type) {
    const others = interceptors.filter((each) => !(each instanceof own));
    if (others.length < interceptors.length && type === 'http') {
      work(args[1], instance.constructor, handler);
    }
    return chain.call(this, others, args, instance, handler, next, type);
  };
  return intercept;
}
