import type { LinkDocument, NodeDocument } from '@nestjs-xray/document';
import { linksOf } from '@nestjs-xray/trace';

/** A link, and the segment or subsegment that contains it. */
export interface LinkWithin extends LinkDocument {
  from: NodeDocument;
}

/** All links of a document and its subsegments. Links without a trace id are left out. */
export function linksWithin(document: NodeDocument): LinkWithin[] {
  const found: LinkWithin[] = [];
  const rest: NodeDocument[] = [document];
  for (let from = rest.pop(); from; from = rest.pop()) {
    for (const link of linksOf(from)) {
      const { trace_id, id } = link;
      found.push({ ...link, trace_id: trace_id.toLowerCase(), id: id.toLowerCase(), from });
    }
    const { subsegments } = from;
    if (Array.isArray(subsegments)) rest.push(...subsegments);
  }
  return found;
}
