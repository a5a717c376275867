import { trace, type Context, type Span } from '@opentelemetry/api';
import type { Active } from '../core/context';

/** A span of ours: it stands for a node, or for the marker of an unsampled request. */
export interface BridgeSpan extends Span {
  readonly [NODE]: Active;
  /** Whether it stands for a call that one of our own instrumentations records. */
  readonly stepsBack?: boolean;
  /** The context of nothing but it, once that was asked for. */
  context: Context | undefined;
}

/** What marks our spans, also those of another copy of this package. */
export const NODE: unique symbol = Symbol.for('nestjs-xray.node.1') as never;

export function isBridgeSpan(span: object | undefined): span is BridgeSpan {
  return span !== undefined && NODE in span;
}

/** The span in `context` where it is one of ours. */
export function bridgeSpanIn(context: Context): BridgeSpan | undefined {
  const span = trace.getSpan(context);
  return isBridgeSpan(span) ? span : undefined;
}
