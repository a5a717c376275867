import { markSkipped } from './marks';

/**
 * Excludes a method from what @Subsegment() on its class or `autoTrace` records; on a class,
 * excludes all methods. A method's own @Subsegment() still applies.
 */
export function SkipSubsegment(): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol): void => markSkipped(target, key);
}
