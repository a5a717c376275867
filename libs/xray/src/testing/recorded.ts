import { inspect } from 'node:util';
import type { SegmentDocument, SubsegmentDocument } from '../document';
import { buildTree, treeText, type TraceTree } from './trace-tree';

/** What the matchers accept: an emitter with documents, a list of documents, or one document. */
export type Recorded = { documents: readonly object[] } | readonly object[] | object;

type AnyDocument = SegmentDocument & SubsegmentDocument;

/** The recorded traces, in the order in which they arrived. */
export function tracesOf(recorded: unknown): TraceTree[] {
  const traces = new Map<string, { segments: AnyDocument[]; orphans: AnyDocument[] }>();
  for (const document of documentsOf(recorded)) {
    const id = String(document.trace_id);
    const trace = traces.get(id) ?? { segments: [], orphans: [] };
    (document.type === 'subsegment' ? trace.orphans : trace.segments).push(document);
    traces.set(id, trace);
  }
  const now = Date.now() / 1000;
  return [...traces].map(([id, trace]) => buildTree({ id, ...trace }, now));
}

function documentsOf(recorded: unknown): AnyDocument[] {
  const given = (recorded as { documents?: unknown } | null | undefined)?.documents ?? recorded;
  const documents = (Array.isArray(given) ? given : [given]) as AnyDocument[];
  for (const document of documents) {
    if (typeof document?.name !== 'string' || typeof document.start_time !== 'number') {
      throw new TypeError(
        `The matchers of nestjs-xray/testing accept a MemoryEmitter, its documents, or one segment document, not ${inspect(document, { depth: 0 })}.`,
      );
    }
  }
  return documents;
}

const MOST_LINES = 1_000;

/**
 * The tree of what was recorded, without ids and times. The text is the same for the same
 * behaviour.
 *
 * @example
 * t.assert.snapshot(traceText(xray)); // node:test
 */
export function traceText(recorded: Recorded): string {
  return print(tracesOf(recorded));
}

export function print(traces: readonly TraceTree[]): string {
  if (traces.length === 0) return '(nothing was recorded)';
  const texts = traces.map((tree) => treeText(tree, { details: false, mostLines: MOST_LINES }));
  return texts.join('\n\n');
}
