import {
  createTraceState,
  propagation,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { incomingTrace, outgoingHeaders, TRACE_HEADERS } from '../core/propagation';
import { formatTraceHeader, formatTraceparent, w3cTraceId, xrayTraceId } from '../document';
import { formatBaggage, parseBaggage } from './baggage-header';
import { withIncoming } from './incoming';
import { isBridgeSpan, NODE } from './nodes';

/** Reads and writes X-Ray's trace header and the W3C headers, according to the option `propagate`. */
export class BridgePropagator implements TextMapPropagator {
  inject<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
    const span = trace.getSpan(context);
    const bag = propagation.getBaggage(context);
    const baggage = bag && formatBaggage(bag);
    // Our own instrumentation sets the headers of the calls that it records.
    if (isBridgeSpan(span) && span.isDuplicate === true) return;
    const active = isBridgeSpan(span) ? span[NODE] : undefined;
    const headers =
      active !== undefined
        ? outgoingHeaders(active, baggage)
        : foreignHeaders(span?.spanContext(), baggage);
    for (const [name, value] of headers) setter.set(carrier, spelledIn(carrier, name), value);
  }

  extract<Carrier>(context: Context, carrier: Carrier, getter: TextMapGetter<Carrier>): Context {
    const incoming = incomingTrace(headersOf(carrier, getter));
    if (incoming === undefined) return context;
    let extracted = withIncoming(context, incoming);
    const { root, parent, sampled, baggage, tracestate } = incoming;
    const bag = baggage === undefined ? undefined : parseBaggage(baggage);
    if (bag !== undefined) extracted = propagation.setBaggage(extracted, bag);
    if (root === undefined || parent === undefined) return extracted;
    return trace.setSpanContext(extracted, {
      traceId: w3cTraceId(root),
      spanId: parent,
      traceFlags: sampled === true ? TraceFlags.SAMPLED : TraceFlags.NONE,
      isRemote: true,
      ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
    });
  }

  fields(): string[] {
    return [...TRACE_HEADERS];
  }
}

/** A header's name as the carrier already spells it, so that a forwarded header is replaced. */
function spelledIn(carrier: unknown, name: string): string {
  if (typeof carrier !== 'object' || carrier === null || name in carrier) return name;
  for (const key of Object.keys(carrier)) {
    if (key.length === name.length && key.toLowerCase() === name.toLowerCase()) return key;
  }
  return name;
}

/** The trace headers of the carrier, found regardless of case. */
function headersOf<Carrier>(
  carrier: Carrier,
  getter: TextMapGetter<Carrier>,
): Record<string, unknown> {
  const headers: Record<string, unknown> = {};
  const keys = getter.keys(carrier) ?? [];
  for (const header of TRACE_HEADERS) {
    const name = header.toLowerCase();
    const key = keys.find((each) => each.toLowerCase() === name) ?? name;
    headers[name] = getter.get(carrier, key);
  }
  return headers;
}

/** The headers for a span that is not ours: a remote one that is passed on. */
function foreignHeaders(
  span: SpanContext | undefined,
  baggage: string | undefined,
): [string, string][] {
  const headers: [string, string][] = [];
  if (span !== undefined && trace.isSpanContextValid(span)) {
    const sampled = (span.traceFlags & TraceFlags.SAMPLED) !== 0;
    const header = { root: xrayTraceId(span.traceId), parent: span.spanId, sampled };
    headers.push(['X-Amzn-Trace-Id', formatTraceHeader(header)]);
    headers.push(['traceparent', formatTraceparent(header)!]);
    const state = span.traceState?.serialize();
    if (state) headers.push(['tracestate', state]);
  }
  if (baggage !== undefined) headers.push(['baggage', baggage]);
  return headers;
}
