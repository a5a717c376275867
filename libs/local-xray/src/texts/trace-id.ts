import { idsInText } from '@nestjs-xray/trace';

/** The trace id in what people copy: an id of X-Ray or W3C, an `X-Amzn-Trace-Id` header, a traceparent, a log line. */
export function traceIdIn(text: string): string | undefined {
  return idsInText(text).traces[0];
}
