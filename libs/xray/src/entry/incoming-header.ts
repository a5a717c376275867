import type { IncomingHttpHeaders } from 'node:http';
import { parseTraceHeader, parseTraceparent, type TraceHeader } from '../document';

/** The caller's trace: X-Ray's header, or W3C's `traceparent` where there is none. */
export function incomingHeader(headers: IncomingHttpHeaders): TraceHeader | undefined {
  const own = headers['x-amzn-trace-id'];
  if (own !== undefined) return parseTraceHeader(Array.isArray(own) ? own[0] : own);
  const { traceparent } = headers;
  if (traceparent === undefined) return undefined;
  return parseTraceparent(Array.isArray(traceparent) ? traceparent[0] : traceparent);
}
