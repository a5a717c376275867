import { parseTraceHeader, parseTraceparent } from '../document';
import type { Active } from './context';
import { TRACE_HEADERS, XRAY_HEADER } from './propagation';
import type { RecordedNode, RecordedSubsegment } from './recorded-node';

type Headers = readonly [name: string, value: string][];

/**
 * Whether a trace header that an outgoing call already has does not name the call itself, so that
 * ours replaces it. It came with the request that is being handled, whose headers a proxy passes
 * on, or names a part of this trace, such as an earlier call whose headers a client repeats when it
 * follows a redirect.
 *
 * Any other header was set on purpose: it belongs to another trace, or to a call that other code
 * records and that has not been answered yet.
 */
export function isSecondHand(active: Active, name: string, value: string): boolean {
  if (active === undefined) return false;
  const { carried } = active.notTraced ? active : active.root;
  if (!active.notTraced && active.root.call?.incoming?.(name.toLowerCase()) === value) return true;
  if (name === 'tracestate' || name === 'baggage') return value === carried?.[name];
  const parse = name === XRAY_HEADER ? parseTraceHeader : parseTraceparent;
  const { root, parent, sampled } = parse(value);
  if (root === undefined) return false;
  if (active.notTraced) return root === active.trace_id && sampled !== false;
  if (root !== active.root.trace_id) return false;
  return parent === undefined || parent === active.root.parent_id || !isBeingSent(active, parent);
}

/** How many calls beside or above the active one are compared with a header. */
const MAX_COMPARED = 1_000;

/** Whether `id` is that of a call to another service that has not been answered yet. */
function isBeingSent(active: RecordedNode, id: string): boolean {
  const isIt = (node: RecordedNode): boolean => {
    if (!node.hasId || node.id !== id) return false;
    const { namespace, http, end_time } = node as RecordedSubsegment;
    return namespace !== undefined && http?.response === undefined && end_time === undefined;
  };
  let node: RecordedNode | undefined = active;
  for (let left = MAX_COMPARED; node !== undefined && left > 0;) {
    const below: readonly RecordedNode[] = node.subsegments?.slice(-left) ?? [];
    if (isIt(node) || below.some(isIt)) return true;
    left -= below.length + 1;
    node = node === node.root ? undefined : (node as RecordedSubsegment).parent;
  }
  return false;
}

/**
 * What to do to the headers of an outgoing call so that it carries `ours`: values to set, undefined
 * to remove a header. What the application set on purpose stays.
 */
export function headerChanges(
  active: Active,
  ours: Headers,
  current: (name: string) => string | undefined,
): [name: string, value: string | undefined][] {
  const changes: [string, string | undefined][] = [];
  let isForeign = false;
  for (const name of TRACE_HEADERS) {
    const set = current(name);
    // All other headers belong to it.
    if (name === XRAY_HEADER && set !== undefined && !isSecondHand(active, name, set)) return [];
    const [, own] = ours.find(([each]) => each === name) ?? [];
    if (set !== undefined && !isSecondHand(active, name, set)) {
      if (name === 'traceparent') isForeign = true;
    } else if (name === 'tracestate' && isForeign) {
      continue; // belongs to the traceparent
    } else if (own !== undefined) {
      changes.push([name, own]);
    } else if (set !== undefined && name !== 'baggage') {
      changes.push([name, undefined]);
    }
  }
  return changes;
}

/** `headers` of a message, in any case, with ours. The application's object is not changed. */
export function withOwnHeaders(active: Active, ours: Headers, headers: object = {}): object {
  const names = new Map(Object.keys(headers).map((name) => [name.toLowerCase(), name]));
  const result: Record<string, unknown> = { ...headers };
  const current = (name: string): string | undefined => {
    const all = result[names.get(name.toLowerCase()) ?? name];
    const value: unknown = Array.isArray(all) ? all[0] : all;
    if (value instanceof Uint8Array) return Buffer.from(value).toString();
    return value === undefined || value === null ? undefined : `${value as string}`;
  };
  for (const [name, value] of headerChanges(active, ours, current)) {
    delete result[names.get(name.toLowerCase()) ?? name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}
