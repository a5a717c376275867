import { markSkipped } from './marks';

/**
 * Leaves a method out of what @Subsegment() on its class, or `autoTrace`, records; on a class,
 * all of them. A method's own @Subsegment() still counts.
 */
export function SkipSubsegment(): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol): void => markSkipped(target, key);
}
