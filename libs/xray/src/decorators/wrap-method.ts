import { types } from 'node:util';
import { storage } from '../core/context';
import { fail } from '../core/outcome';
import { runtime } from '../core/runtime';
import { settle } from '../core/settle';
import { Subsegment } from '../core/subsegment';
import { DetailedCall, type CallSite } from './call-sites';
import { asMethod, copyIdentity } from './copy-identity';
import { markWrapper, returnsOwnPromise } from './marks';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * A function that records each call of `method` as a subsegment.
 *
 * @param look what it looks like, where that is not `method` itself.
 */
export function wrapMethod(method: Method, site: CallSite, look: Method = method): Method {
  // An async function makes a promise for each call, which nobody else can have.
  const owned = types.isAsyncFunction(look) || returnsOwnPromise(look);
  const traced = site.wantsDetails
    ? detailedWrapper(method, site, owned)
    : plainWrapper(method, site, owned);
  markWrapper(traced, owned);
  return copyIdentity(look, traced);
}

function plainWrapper(method: Method, site: CallSite, owned: boolean): Method {
  const { label } = site;
  const traced = asMethod<Method>({
    traced(this: unknown, ...args: unknown[]): unknown {
      const parent = storage.getStore();
      if (parent === undefined || parent.notTraced) {
        if (parent === undefined && runtime.missing !== undefined)
          runtime.missing(`trace ${label}`);
        return Reflect.apply(method, this, args);
      }
      const node = new Subsegment(label, parent);
      node.call = site;
      let result: unknown;
      try {
        result = storage.run(node, Reflect.apply, method, this, args);
      } catch (thrown) {
        fail(node, thrown);
        throw thrown;
      }
      return settle(node, result, owned);
    },
  });
  return traced;
}

function detailedWrapper(method: Method, site: CallSite, owned: boolean): Method {
  const { label } = site;
  const traced = asMethod<Method>({
    traced(this: unknown, ...args: unknown[]): unknown {
      const parent = storage.getStore();
      if (parent === undefined || parent.notTraced) {
        if (parent === undefined && runtime.missing !== undefined)
          runtime.missing(`trace ${label}`);
        return Reflect.apply(method, this, args);
      }
      const node = new Subsegment(label, parent);
      const call = new DetailedCall(site, args);
      node.call = call;
      call.begin(node);
      let result: unknown;
      try {
        result = storage.run(node, Reflect.apply, method, this, args);
      } catch (thrown) {
        fail(node, thrown);
        throw thrown;
      }
      return settle(node, result, owned);
    },
  });
  return traced;
}
