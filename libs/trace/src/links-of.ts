import type { LinkDocument, NodeDocument } from './document';

/** The valid links of a segment or subsegment; malformed ones are skipped. */
export function linksOf(node: NodeDocument): LinkDocument[] {
  const { links } = node as { links?: unknown };
  if (!Array.isArray(links)) return [];
  return links.filter(
    (link: Partial<LinkDocument> | null): link is LinkDocument =>
      typeof link?.trace_id === 'string' && typeof link.id === 'string',
  );
}
