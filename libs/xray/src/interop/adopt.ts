import { clockOffset } from '../core/clock';
import type { RecordedNode } from '../core/recorded-node';
import { runtime } from '../core/runtime';
import { CROWD } from '../core/recorded-node';
import { Segment } from '../core/segment';
import { Subsegment } from '../core/subsegment';
import { Unsampled } from '../core/unsampled';

/** What the SDK's constructors set on their objects. */
interface Foreign {
  id: string;
  name: string;
  trace_id?: string;
  parent_id?: string;
  notTraced?: boolean;
  in_progress?: boolean;
  counter?: number;
  subsegments?: Foreign[];
}

/**
 * Converts a segment or subsegment of the SDK into one of ours, in place. Our own nodes and
 * undefined are returned unchanged.
 */
export function adopt(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Segment || value instanceof Subsegment || value instanceof Unsampled) {
    return value;
  }
  const { recorder } = runtime;
  const made = value as Foreign;
  // A Lambda function's facade segment, or a segment before the module has started: there is no
  // recorder for it.
  if (recorder === undefined || made.trace_id === undefined) return undefined;
  if (made.notTraced) {
    Object.setPrototypeOf(made, Unsampled.prototype);
    return Object.assign(made, { outgoing: recorder.outgoing });
  }
  const offset = clockOffset();
  const children = made.subsegments;
  const segment = become(made, Segment.prototype);
  Object.assign(segment, {
    owner: recorder,
    clock: offset,
    annotationCount: 0,
    closedWithin: 0,
    crowdedAt: CROWD,
  });
  recorder.track(segment);
  for (const child of children ?? []) adoptUnder(segment, child);
  return segment;
}

/** Converts a subsegment that the SDK added to `parent`. */
export function adoptUnder(parent: RecordedNode, child: unknown): Subsegment {
  if (child instanceof Subsegment) {
    child.detach();
    child.parent = parent;
    child.segment = parent.root;
    (parent.subsegments ??= []).push(child);
    return child;
  }
  const made = child as Foreign;
  const children = made.subsegments;
  const subsegment = become(made, Subsegment.prototype);
  Object.assign(subsegment, { parent, segment: parent.root });
  (parent.subsegments ??= []).push(subsegment);
  for (const each of children ?? []) adoptUnder(subsegment, each);
  return subsegment;
}

/** The SDK's fields have X-Ray's names, as ours do. Only counting and closing differ. */
function become<T extends object>(made: Foreign, prototype: T): T {
  delete made.in_progress;
  delete made.counter;
  delete made.notTraced;
  delete made.subsegments;
  return Object.setPrototypeOf(made, prototype) as T;
}
