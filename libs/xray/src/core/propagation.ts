import {
  formatTraceHeader,
  formatTraceparent,
  newId,
  parseTraceHeader,
  parseTraceparent,
  type TraceHeader,
} from '../document';
import { isSampled, outgoingPolicy, type Active } from './context';
import type { Carried } from './carried';

/** X-Ray's trace header, and the headers of W3C Trace Context and Baggage. */
export const TRACE_HEADERS = ['X-Amzn-Trace-Id', 'traceparent', 'tracestate', 'baggage'] as const;

export const XRAY_HEADER = TRACE_HEADERS[0];

/** The trace that came in with a request or message. */
export interface Incoming extends TraceHeader, Carried {}

type Headers = Record<string, unknown>;

/**
 * The caller's trace, from X-Ray's header or else from W3C's `traceparent`. Header names must be in
 * lower case. Undefined when none of the headers is present.
 */
export function incomingTrace(headers: Headers): Incoming | undefined {
  const own = textIn(headers, 'x-amzn-trace-id');
  const traceparent = textIn(headers, 'traceparent');
  const baggage = textIn(headers, 'baggage');
  if (own === undefined && traceparent === undefined && baggage === undefined) return undefined;
  const xray = parseTraceHeader(own);
  const w3c = traceparent === undefined ? {} : parseTraceparent(traceparent);
  const same = xray.root === undefined || xray.root === w3c.root;
  const tracestate = same && w3c.root !== undefined ? textIn(headers, 'tracestate') : undefined;
  return {
    ...(same && w3c),
    ...xray,
    ...(tracestate !== undefined && { tracestate }),
    ...(baggage !== undefined && { baggage }),
  };
}

function textIn(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  const text: unknown = Array.isArray(value) ? value[0] : value;
  if (text instanceof Uint8Array) return Buffer.from(text).toString();
  return typeof text === 'string' ? text : undefined;
}

/** The baggage of the active OpenTelemetry context, where the bridge is loaded. */
let activeBaggage: (() => string | undefined) | undefined;

/**
 * Sets the function that reads the baggage for outgoing calls. Its result replaces the incoming
 * baggage.
 */
export function setOutgoingBaggage(read: () => string | undefined): void {
  activeBaggage = read;
}

/** The headers that make the called service a child of the active node. */
export function outgoingHeaders(
  active: NonNullable<Active>,
  baggage = activeBaggage?.(),
): [name: string, value: string][] {
  const { trace_id, extra, carried } = active.notTraced ? active : active.root;
  // An unsampled request has no segment, so the parent id is random.
  const parent = active.notTraced ? newId() : active.id;
  const header = { root: trace_id, parent, sampled: isSampled(active), extra };
  const ways = outgoingPolicy(active)?.propagate;
  const headers: [string, string][] = [];
  if (ways?.has('xray') !== false) headers.push([TRACE_HEADERS[0], formatTraceHeader(header)]);
  if (ways?.has('w3c') === false) return headers;
  headers.push([TRACE_HEADERS[1], formatTraceparent(header)!]);
  if (carried?.tracestate !== undefined) headers.push([TRACE_HEADERS[2], carried.tracestate]);
  const bag = baggage ?? carried?.baggage;
  if (bag !== undefined) headers.push([TRACE_HEADERS[3], bag]);
  return headers;
}
