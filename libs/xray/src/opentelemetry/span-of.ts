import type { Active } from '../core/context';
import type { BridgeSpan } from './nodes';
import { NodeSpan } from './node-span';
import { SpanData } from './span-data';
import { StandInSpan } from './stand-in-span';

const unsampled = new WeakMap<object, BridgeSpan>();

/** The span that stands for what is active; the same one whenever it is asked for. */
export function spanOf(active: NonNullable<Active>): BridgeSpan {
  if (!active.notTraced) {
    return (
      (active.span as NodeSpan | undefined) ??
      new NodeSpan(active, new SpanData(undefined, undefined, undefined))
    );
  }
  let span = unsampled.get(active);
  if (span === undefined) unsampled.set(active, (span = new StandInSpan(active)));
  return span;
}
