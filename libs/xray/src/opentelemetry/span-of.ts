import type { Active } from '../core/context';
import type { BridgeSpan } from './nodes';
import { NodeSpan } from './node-span';
import { SpanData } from './span-data';
import { NonRecordingSpan } from './non-recording-span';

const unsampled = new WeakMap<object, BridgeSpan>();

/** The span of the active segment or subsegment; always the same one. */
export function spanOf(active: NonNullable<Active>): BridgeSpan {
  if (!active.notTraced) {
    return (
      (active.span as NodeSpan | undefined) ??
      new NodeSpan(active, new SpanData(undefined, undefined, undefined))
    );
  }
  let span = unsampled.get(active);
  if (span === undefined) unsampled.set(active, (span = new NonRecordingSpan(active)));
  return span;
}
