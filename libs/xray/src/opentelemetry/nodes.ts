import { trace, type Context, type Span } from '@opentelemetry/api';
import type { Active } from '../core/context';

/** One of our spans: for a segment or subsegment, or for an unsampled request. */
export interface BridgeSpan extends Span {
  readonly [NODE]: Active;
  /** Whether our own instrumentation records the same call. */
  readonly isDuplicate?: boolean;
  /** Cache: the context that contains only this span. */
  context: Context | undefined;
}

/** Marks our spans, including those of other copies of this package. */
export const NODE: unique symbol = Symbol.for('nestjs-xray.node.1') as never;

export function isBridgeSpan(span: object | undefined): span is BridgeSpan {
  return span !== undefined && NODE in span;
}

/** The span in `context` if it is one of ours. */
export function bridgeSpanIn(context: Context): BridgeSpan | undefined {
  const span = trace.getSpan(context);
  return isBridgeSpan(span) ? span : undefined;
}
