import type { AnyDocument } from '../trace';
import { weightOf } from './weight';

/**
 * The limit for the weight of one trace (see {@link weightOf}): about 10 MB. A reader holds the whole trace in memory,
 * and so does the writer while documents of it arrive.
 */
export const MAX_TRACE = 14_000_000;
/** Segments may exceed the limit by this much: they arrive last, and contain the name, the outcome and the end. */
const FOR_SEGMENTS = 2_000_000;
/** How many full traces are remembered, so that the writer rejects documents without reading the trace. */
const REMEMBERED = 1_000;
/** The limit for reading a trace. A file from an earlier version may contain larger ones. */
const MAX_READ = 24_000_000;

export const TRACE_FULL =
  'the trace has reached the size limit for one trace (about 10 MB). ' +
  'Record fewer subsegments or less metadata in it, or start a new segment for each part of a long job.';

/** Returns the documents of a trace, up to the limit for reading, and whether the trace is full. */
export function readable(texts: readonly string[]): { texts: string[]; full: boolean } {
  let weight = 0;
  const beyond = texts.findIndex((text) => (weight += weightOf(text)) > MAX_READ);
  return { texts: texts.slice(0, beyond < 0 ? undefined : beyond), full: weight >= MAX_TRACE };
}

/** The traces for which no more subsegments are stored. */
export class FullTraces {
  private readonly ids = new Set<string>();

  /** Whether a document is rejected, if that is known without its trace. */
  refuses(traceId: string, document: AnyDocument): boolean {
    return isSubsegment(document) && this.ids.has(traceId);
  }

  /** Whether a trace that weighs `weight` already has no place for another document. */
  noPlaceFor(traceId: string, weight: number, document: AnyDocument): boolean {
    if (weight < MAX_TRACE) return false;
    this.ids.delete(traceId);
    this.ids.add(traceId);
    if (this.ids.size > REMEMBERED) {
      const [oldest] = this.ids;
      this.ids.delete(oldest!);
    }
    return isSubsegment(document) || weight >= MAX_TRACE + FOR_SEGMENTS;
  }

  /** Call this when a trace was deleted: documents with its id may arrive again. */
  delete(traceId: string): void {
    this.ids.delete(traceId);
  }
}

function isSubsegment(document: AnyDocument): boolean {
  return (document as { type?: unknown }).type === 'subsegment';
}
