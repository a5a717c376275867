import { types } from 'node:util';
import { captureSegment } from '../core/capture';
import { messageLinks } from '../core/message-links';
import { SourceLocation } from '../core/source-location';
import type { LinkDocument } from '../document';
import { CallSite, DetailedCall } from './call-sites';
import { asMethod, copyIdentity } from './copy-identity';
import { givenOptions } from './given-options';
import { markRoot, markTraced, markWrapper } from './marks';
import { refuseIfNotCalled, refuseStandard } from './not-called';
import { parameterRules } from './parameter-rules';
import { methodAt, type Resolved } from './subsegment.decorator';
import type {
  AnyArgs,
  AnyOptions,
  AnyResult,
  SegmentDecorator,
  SubsegmentOptions,
} from './subsegment.options';
import { nameOf } from './wrap-class';
import type { Method } from './wrap-method';

/**
 * Records each call as a segment, for work outside a request: @Cron, @OnEvent, queue processors,
 * scripts. Inside a segment the call becomes a subsegment.
 *
 * If the arguments contain an SQS message or a batch of them, the segment links to the traces that
 * sent them.
 *
 * The sampler decides by the name, as for a request. Needs XrayModule; without it the method simply
 * runs.
 *
 * @param options the name, which is also the name of the node on the service map (default
 *   `Class.method`), or what else to record, as with @Subsegment.
 */
export function Segment<A extends AnyArgs = AnyArgs, R = AnyResult>(
  options?: string | SubsegmentOptions<A, R>,
): SegmentDecorator<A, R>;
/** With the type of the method `F`, which must be public: `@Segment<Jobs['run']>({ … })`. */
export function Segment<F extends (...args: AnyArgs) => unknown>(
  options: SubsegmentOptions<Parameters<F>, Resolved<ReturnType<F>>>,
): SegmentDecorator<Parameters<F>, Resolved<ReturnType<F>>>;
export function Segment(given: string | AnyOptions = {}, ...more: unknown[]) {
  refuseIfNotCalled('Segment', [given, ...more]);
  const options = givenOptions('Segment', given);
  const location = new SourceLocation(Segment);
  return (target: object, key: string | symbol, descriptor: PropertyDescriptor): void => {
    refuseStandard('Segment', key);
    const { method, owner, isStatic } = methodAt('Segment', target, key, descriptor);
    const label = options.name ?? `${owner.name}.${nameOf(key)}`;
    const source = () => location.ofMethod({ owner, declaring: owner, key, isStatic });
    const site = new CallSite(label, source, options, parameterRules(target, key));
    markTraced(target, key);
    descriptor.value = wrapRoot(method, site);
  };
}

/** Arguments can be anything, including objects with getters that throw. */
function linksOf(args: readonly unknown[]): LinkDocument[] {
  try {
    return messageLinks(args);
  } catch {
    return [];
  }
}

function wrapRoot(method: Method, site: CallSite): Method {
  const owned = types.isAsyncFunction(method);
  const traced = asMethod<Method>({
    traced(this: unknown, ...args: unknown[]): unknown {
      const call = site.wantsDetails ? new DetailedCall(site, args) : site;
      return captureSegment(
        site.label,
        (node) => {
          if (node !== undefined) {
            if (call instanceof DetailedCall) call.begin(node);
            if (node.root === node) for (const link of linksOf(args)) node.addLink(link);
          }
          return Reflect.apply(method, this, args);
        },
        { call, owned },
      );
    },
  });
  markRoot(traced);
  markWrapper(traced, owned);
  return copyIdentity(method, traced);
}
