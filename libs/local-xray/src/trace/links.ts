import type { LinkDocument, NodeDocument, SegmentDocument } from '@nestjs-xray/document';

/** A link, and which part of the document has it. */
export interface LinkWithin extends LinkDocument {
  from: NodeDocument;
}

/** All links of a document, of its subsegments too. Those that lead nowhere are left out. */
export function linksWithin(document: NodeDocument): LinkWithin[] {
  const found: LinkWithin[] = [];
  const rest: NodeDocument[] = [document];
  for (let from = rest.pop(); from; from = rest.pop()) {
    const { links, subsegments } = from as SegmentDocument;
    if (Array.isArray(links)) {
      for (const link of links as Partial<LinkDocument>[]) {
        const { trace_id, id } = link ?? {};
        if (typeof trace_id !== 'string' || typeof id !== 'string') continue;
        found.push({ ...link, trace_id: trace_id.toLowerCase(), id: id.toLowerCase(), from });
      }
    }
    if (Array.isArray(subsegments)) rest.push(...subsegments);
  }
  return found;
}
