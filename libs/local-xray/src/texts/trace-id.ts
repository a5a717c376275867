import { isTraceId, parseTraceHeader, parseTraceparent } from '@nestjs-xray/document';

/** The trace id in what people copy: an id of X-Ray or W3C, an `X-Amzn-Trace-Id` header, a traceparent. */
export function traceIdIn(text: string): string | undefined {
  const given = text.trim();
  const w3c = /^([0-9a-f]{8})([0-9a-f]{24})$/i.exec(given);
  if (w3c) return `1-${w3c[1]}-${w3c[2]}`.toLowerCase();
  if (isTraceId(given)) return given.toLowerCase();
  return parseTraceHeader(given).root ?? parseTraceparent(given)?.root;
}
