import { clockOffset } from '../core/clock';
import type { RecordedNode } from '../core/recorded-node';
import { runtime } from '../core/runtime';
import { CROWD } from '../core/recorded-node';
import { Segment } from '../core/segment';
import { Subsegment } from '../core/subsegment';
import { Unsampled } from '../core/unsampled';

/** What the SDK's constructors leave on what they make. */
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

/** A (sub)segment made by the SDK becomes one of ours, in place; what is ours, or nothing, stays. */
export function adopt(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Segment || value instanceof Subsegment || value instanceof Unsampled) {
    return value;
  }
  const { recorder } = runtime;
  const made = value as Foreign;
  // A Lambda function's facade, or a segment before the module started: there is nowhere to send it.
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

/** Makes a subsegment that the SDK made a child of `parent`. */
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

/** The SDK's fields have X-Ray's names, as ours have; what differs is how it counts and closes. */
function become<T extends object>(made: Foreign, prototype: T): T {
  delete made.in_progress;
  delete made.counter;
  delete made.notTraced;
  delete made.subsegments;
  return Object.setPrototypeOf(made, prototype) as T;
}
