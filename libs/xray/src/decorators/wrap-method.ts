import { types } from 'node:util';
import { storage } from '../core/context';
import { runIn } from '../core/run-in';
import { runtime } from '../core/runtime';
import { Subsegment } from '../core/subsegment';
import { DetailedCall, type CallSite } from './call-sites';
import { asMethod, copyIdentity } from './copy-identity';
import { markWrapper, returnsOwnPromise } from './marks';
import { responseOfMiddleware, runMiddleware } from './middleware-call';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Returns a function that records each call of `method` as a subsegment.
 *
 * @param look the function to take name and properties from, if it is not `method` itself.
 */
export function wrapMethod(method: Method, site: CallSite, look: Method = method): Method {
  // An async function creates a promise for each call, so nobody else holds it.
  const owned = types.isAsyncFunction(look) || returnsOwnPromise(look);
  const { label } = site;
  const detailed = site.wantsDetails;
  const traced = asMethod<Method>({
    traced(this: unknown, ...args: unknown[]): unknown {
      const parent = storage.getStore();
      if (parent === undefined || parent.notTraced) {
        if (parent === undefined && runtime.missing !== undefined)
          runtime.missing(`trace ${label}`);
        return Reflect.apply(method, this, args);
      }
      const node = new Subsegment(label, parent);
      if (detailed) {
        const call = new DetailedCall(site, args);
        node.call = call;
        call.begin(node);
      } else {
        node.call = site;
      }
      const response = args.length > 2 ? responseOfMiddleware(args) : undefined;
      if (response !== undefined) return runMiddleware(node, owned, method, this, args, response);
      return runIn(node, owned, method, this, args);
    },
  });
  markWrapper(traced, owned);
  return copyIdentity(look, traced);
}
