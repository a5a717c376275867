import {
  INVALID_SPAN_CONTEXT,
  TraceFlags,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import type { Active } from '../core/context';
import { newId, w3cTraceId } from '../document';
import { NODE, type BridgeSpan } from './nodes';

/**
 * A span that records nothing but has the ids of its trace: in an unsampled request, where tracing
 * is suppressed, or where our own instrumentation records the same call.
 */
export class NonRecordingSpan implements BridgeSpan {
  readonly [NODE]: Active;
  context: Context | undefined = undefined;
  private readonly id: SpanContext;

  constructor(
    active: Active,
    readonly isDuplicate = false,
  ) {
    this[NODE] = active;
    this.id = spanContextOf(active);
  }

  spanContext(): SpanContext {
    return this.id;
  }

  isRecording(): boolean {
    return false;
  }

  setAttribute(): this {
    return this;
  }

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  recordException(): void {}

  end(): void {}
}

function spanContextOf(active: Active): SpanContext {
  if (active === undefined) return INVALID_SPAN_CONTEXT;
  if (active.notTraced) {
    return { traceId: w3cTraceId(active.trace_id), spanId: newId(), traceFlags: TraceFlags.NONE };
  }
  const traceId = w3cTraceId(active.root.trace_id);
  return { traceId, spanId: active.id, traceFlags: TraceFlags.SAMPLED };
}
