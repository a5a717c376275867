import { placeOf } from './exceptions';
import type { TraceNode } from './trace-node';

/** A line of source, as a stack frame or the place of a decorator names it. */
export interface SourcePlace {
  path: string;
  line: number;
}

/** Where `@Subsegment` was written, as the toolkit notes it: metadata `source` in namespace `nest` or `xray`. */
export function sourceOf(node: TraceNode): SourcePlace | undefined {
  const metadata = node.doc.metadata;
  const text = metadata?.nest?.source ?? metadata?.xray?.source;
  const match = typeof text === 'string' ? /^(.+?):(\d+)(?::\d+)?$/.exec(text) : null;
  return match ? { path: match[1] as string, line: Number(match[2]) } : undefined;
}

/** The node itself or the nearest above it of which it is known where it was written. */
export function nearestSource(
  node: TraceNode,
): { node: TraceNode; place: SourcePlace } | undefined {
  for (let up: TraceNode | undefined = node; up; up = up.parent) {
    const place = sourceOf(up);
    if (place) return { node: up, place };
  }
  return undefined;
}

/** `home-activities.service.ts:38`, of the nearest node that says where it was written. */
export function nearestLine(node: TraceNode): string | undefined {
  const place = nearestSource(node)?.place;
  return place && placeOf(place.path, place.line);
}
