import { SourceLocation } from '../core/source-location';
import { NotAMethodError } from '../xray.errors';
import { CallSite } from './call-sites';
import { givenOptions } from './given-options';
import { markTraced } from './marks';
import { refuseIfNotCalled, refuseStandard } from './not-called';
import { parameterRules } from './parameter-rules';
import type {
  AnyArgs,
  AnyOptions,
  AnyResult,
  SubsegmentDecorator,
  SubsegmentOptions,
} from './subsegment.options';
import { nameOf, wrapClass, type AnyClass } from './wrap-class';
import { wrapMethod, type Method } from './wrap-method';

/**
 * Records each call as a subsegment of the active node. It stays open until the returned work is
 * over: a promise settled, an Observable completed, an iterator done.
 *
 * On a class it applies to every own and inherited method, including static ones, but not to
 * accessors or the constructor. @SkipSubsegment() excludes a method; a method's own @Subsegment()
 * takes precedence.
 *
 * Without an active segment the method simply runs.
 *
 * @param options the name (default `Class.method`; on a class, the part before the dot), or what
 *   else to record.
 * @example
 * @Subsegment({ annotations: ([id]: [string], user?: User) => ({ id, found: user !== undefined }) })
 * find(id: string): Promise<User | undefined>
 */
export function Subsegment<A extends AnyArgs = AnyArgs, R = AnyResult>(
  options?: string | SubsegmentOptions<A, R>,
): SubsegmentDecorator<A, R>;
/** With the type of the method `F`, which must be public: `@Subsegment<Cart['load']>({ … })`. */
export function Subsegment<F extends (...args: AnyArgs) => unknown>(
  options: SubsegmentOptions<Parameters<F>, Resolved<ReturnType<F>>>,
): SubsegmentDecorator<Parameters<F>, Resolved<ReturnType<F>>>;
export function Subsegment(given: string | AnyOptions = {}, ...more: unknown[]) {
  refuseIfNotCalled('Subsegment', [given, ...more]);
  const options = givenOptions('Subsegment', given);
  const location = new SourceLocation(Subsegment);
  return (
    target: object,
    key?: string | symbol,
    descriptor?: PropertyDescriptor | number,
  ): void => {
    refuseStandard('Subsegment', key);
    if (key === undefined && typeof target === 'function' && descriptor === undefined) {
      wrapClass(target as abstract new () => unknown, options, location);
      return;
    }
    const { method, owner, isStatic } = methodAt('Subsegment', target, key, descriptor);
    const label = options.name ?? `${owner.name}.${nameOf(key!)}`;
    markTraced(target, key!);
    const rules = parameterRules(target, key!);
    const at = { owner, declaring: owner, key: key!, isStatic };
    const site = new CallSite(label, () => location.ofMethod(at), options, rules);
    (descriptor as PropertyDescriptor).value = wrapMethod(method, site);
  };
}

/** The eventual result of a method that returns `T`. */
export type Resolved<T> =
  T extends PromiseLike<infer V>
    ? Resolved<V>
    : T extends { subscribe(observer: { next: (value: infer V) => void }): unknown }
      ? V
      : T extends Iterator<unknown, infer V> | AsyncIterator<unknown, infer V>
        ? V
        : T;

/**
 * Returns the method that a decorator is on.
 *
 * @throws NotAMethodError if it is on something else.
 */
export function methodAt(
  decorator: string,
  target: object,
  key: string | symbol | undefined,
  descriptor: PropertyDescriptor | number | undefined,
): { method: Method; owner: AnyClass; isStatic: boolean } {
  const isStatic = typeof target === 'function';
  const owner = (isStatic ? target : target.constructor) as AnyClass;
  const refuse = (what: string) =>
    new NotAMethodError(decorator, owner.name, key ?? 'constructor', what);
  if (typeof descriptor === 'number') throw refuse('a parameter');
  if (key === undefined) throw refuse('a class');
  if (descriptor === undefined) throw refuse('a property or an abstract method');
  if (descriptor.get || descriptor.set) throw refuse('an accessor');
  const method: unknown = descriptor.value;
  if (typeof method !== 'function') throw refuse('a property');
  return { method: method as Method, owner, isStatic };
}
