import type { LinkDocument, NodeDocument } from './document';

/** The links of a segment or subsegment, whatever its document says: those that can be followed. */
export function linksOf(node: NodeDocument): LinkDocument[] {
  const { links } = node as { links?: unknown };
  if (!Array.isArray(links)) return [];
  return links.filter(
    (link: Partial<LinkDocument> | null): link is LinkDocument =>
      typeof link?.trace_id === 'string' && typeof link.id === 'string',
  );
}
