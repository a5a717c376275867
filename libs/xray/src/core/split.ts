import type { SegmentDocument, SubsegmentDocument } from '../document';
import { trim } from './trim';

type Document = SegmentDocument & SubsegmentDocument;

/** What a document sent on its own has in addition: type, trace_id and parent_id. */
const ALONE_BYTES = 150;

/** What became of one document. */
export interface Parts {
  /** JSON texts, none longer than allowed. */
  texts: string[];
  /** How many of them had to lose something. */
  trimmed: number;
}

/**
 * Takes a document that is too large for one datagram apart: its subsegments leave as
 * documents of their own, the largest first, until the rest fits. What is too large
 * without subsegments loses metadata, and then more, with a mark that says what.
 *
 * @param text the document as JSON; with it a document that is small enough is told at once
 * @param maxBytes of UTF-8
 */
export function splitDocument(text: string, maxBytes: number): Parts {
  if (fits(text, maxBytes)) return { texts: [text], trimmed: 0 };
  const document = JSON.parse(text) as Document;
  const parts: Parts = { texts: [], trimmed: 0 };
  shrink(document, document.trace_id, maxBytes - ALONE_BYTES, parts);
  parts.texts.push(JSON.stringify(document));
  return parts;
}

/** Whether `text` has at most `maxBytes` in UTF-8, where a UTF-16 unit has one to three. */
export function fits(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return false;
  return text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes;
}

/** Makes `node` fit `budget`, taking out what does not, and says how many bytes it has then. */
function shrink(node: SubsegmentDocument, traceId: string, budget: number, parts: Parts): number {
  const { subsegments, ...alone } = node;
  let bytes = Buffer.byteLength(JSON.stringify(alone));
  if (bytes > budget) {
    bytes = trim(node, budget);
    parts.trimmed++;
  }
  if (!subsegments) return bytes;

  const children = subsegments.map((child) => ({
    child,
    bytes: shrink(child, traceId, budget, parts) + 1,
  }));
  bytes += '"subsegments":[],'.length;
  for (const { bytes: size } of children) bytes += size;
  const gone = new Set<SubsegmentDocument>();
  for (const { child, bytes: size } of [...children].sort((a, b) => b.bytes - a.bytes)) {
    if (bytes <= budget) break;
    gone.add(child);
    bytes -= size;
    parts.texts.push(
      JSON.stringify({ ...child, type: 'subsegment', trace_id: traceId, parent_id: node.id }),
    );
  }
  node.subsegments = subsegments.filter((each) => !gone.has(each));
  if (node.subsegments.length === 0) delete node.subsegments;
  return bytes;
}
