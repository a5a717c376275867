import { writeJson } from '@nestjs-xray/document';
import type { AnyDocument } from '../trace';

/** Clients round times differently when they send a document again; in seconds. */
const SAME_START = 0.001;

/**
 * Whether `document` replaces `known`, which has the same id in the same trace.
 *
 * As in X-Ray, the later of two documents replaces the earlier one, but a document in progress never replaces a final
 * one, because UDP does not preserve order. A subsegment never replaces a segment, which would hide the whole service.
 */
export function replaces(document: AnyDocument, known: AnyDocument): boolean {
  if (isSubsegment(document) !== isSubsegment(known)) return isSubsegment(known);
  return isFinal(document) || !isFinal(known);
}

/**
 * Describes what is lost when one of two documents with the same id replaces the other. Undefined if they are two
 * states of the same segment or subsegment, or the same document sent twice.
 */
export function lossOf(kept: AnyDocument, lost: AnyDocument): string | undefined {
  const differ =
    isSubsegment(kept) !== isSubsegment(lost) ||
    (isFinal(kept) && isFinal(lost)
      ? !isSame(kept, lost)
      : kept.name !== lost.name && Math.abs(kept.start_time - lost.start_time) > SAME_START);
  if (!differ) return undefined;
  return (
    `${described(lost)} was not kept, because ${described(kept)} has the same id, ${kept.id}, in trace ${kept.trace_id!}. ` +
    'Give each segment and subsegment an id of its own, and send each only once when it is complete.'
  );
}

/** Exceptions from OTLP get new ids each time their span arrives. */
function isSame(a: AnyDocument, b: AnyDocument): boolean {
  try {
    return writeJson({ ...a, cause: undefined }) === writeJson({ ...b, cause: undefined });
  } catch {
    // Nested too deeply to be compared.
    return false;
  }
}

function described(document: AnyDocument): string {
  return `${isSubsegment(document) ? 'Subsegment' : 'Segment'} ${JSON.stringify(document.name.slice(0, 60))}`;
}

function isSubsegment(document: AnyDocument): boolean {
  return (document as { type?: unknown }).type === 'subsegment';
}

/** Whether a segment has an end, or is not marked as in progress. */
function isFinal(document: AnyDocument): boolean {
  return document.end_time !== undefined && document.in_progress !== true;
}
