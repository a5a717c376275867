import { types } from 'node:util';
import { captureSegment } from '../core/capture';
import { SourceLocation } from '../core/source-location';
import { CallSite, DetailedCall } from './call-sites';
import { asMethod, copyIdentity } from './copy-identity';
import { markTraced, markWrapper } from './marks';
import { parameterRules } from './parameter-rules';
import { methodAt } from './subsegment.decorator';
import { nameOf } from './wrap-class';
import type { Method } from './wrap-method';

/**
 * Records each call as a segment of its own, for work that no request begins: @Cron, @OnEvent,
 * queue processors, scripts. Called inside a segment it becomes a subsegment.
 *
 * The sampler decides as for a request, by the name. Needs XrayModule; without it the method simply runs.
 *
 * @param name the segment's name, and so of the node on the service map. Default `Class.method`.
 */
export function Segment(name?: string): MethodDecorator {
  const location = new SourceLocation(Segment);
  return (target, key, descriptor) => {
    const { method, owner } = methodAt('Segment', target, key, descriptor);
    const site = new CallSite(
      name ?? `${owner}.${nameOf(key)}`,
      location,
      {},
      parameterRules(target, key, method),
    );
    markTraced(target, key);
    descriptor.value = wrapRoot(method, site) as typeof descriptor.value;
  };
}

function wrapRoot(method: Method, site: CallSite): Method {
  const owned = types.isAsyncFunction(method);
  const traced = asMethod<Method>({
    traced(this: unknown, ...args: unknown[]): unknown {
      const call = site.wantsDetails ? new DetailedCall(site, args) : site;
      return captureSegment(
        site.label,
        (node) => {
          if (node !== undefined && call instanceof DetailedCall) call.begin(node);
          return Reflect.apply(method, this, args);
        },
        { call, owned },
      );
    },
  });
  markWrapper(traced, owned);
  return copyIdentity(method, traced);
}
