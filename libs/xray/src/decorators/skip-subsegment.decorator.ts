import { markSkipped } from './marks';
import { refuseIfNotCalled } from './not-called';

/**
 * Excludes a method from what @Subsegment() on its class or `autoTrace` records; on a class,
 * excludes all methods. A method's own @Subsegment() still applies.
 */
export function SkipSubsegment(): ClassDecorator & MethodDecorator;
export function SkipSubsegment(...given: []): ClassDecorator & MethodDecorator {
  refuseIfNotCalled('SkipSubsegment', given);
  return (target: object, key?: string | symbol): void => markSkipped(target, key);
}
