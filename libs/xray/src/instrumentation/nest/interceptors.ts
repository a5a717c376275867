import type { NestInterceptor, Type } from '@nestjs/common';
import type { Warn } from '../../core/warn-once';
import { patchMethod, type Method } from '../patch';
import { eachPrototype, interceptorsConsumer } from './parts';

/** Nest's private method that runs the interceptors of one call, as in Nest 10 to 12. */
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
 * Removes `interceptor` from Nest's interceptor chain and runs its `work` before the chain, on HTTP
 * requests. Even for an empty interceptor, Nest 11 creates Observables, promises and async resources
 * that cost 60 µs of CPU per request. Without another interceptor, Nest then skips the chain. Once
 * per process. In a version of Nest without this method, the interceptor runs as usual.
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
