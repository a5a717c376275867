import type { LinkDocument } from '@nestjs-xray/document';
import { linksOf, type TraceNode, type TraceTree } from '@nestjs-xray/trace';
import type { TraceLinks, TraceRow } from 'local-xray/console-api';

/** A link of a node to another, in this trace or in another one. */
export interface LinkTo {
  link: LinkDocument;
  /** The node of this trace that it leads to. */
  node?: TraceNode;
  /** The other trace, where it is there. */
  row?: TraceRow;
}

/** A link that leads to a node: of another node of this trace, or of another trace. */
export interface LinkFrom {
  attributes: LinkDocument['attributes'];
  node?: TraceNode;
  /** The part of the other trace that has the link. */
  other?: { row: TraceRow; id: string; name: string };
}

export function linksTo(node: TraceNode, tree: TraceTree, links: TraceLinks | undefined): LinkTo[] {
  return linksOf(node.doc).map((link) => {
    const here = link.trace_id === tree.id ? tree.byKey.get(link.id) : undefined;
    const row = links?.to.find(({ id }) => id === link.trace_id);
    return { link, ...(here && { node: here }), ...(row && { row }) };
  });
}

export function linksFrom(
  node: TraceNode,
  tree: TraceTree,
  links: TraceLinks | undefined,
): LinkFrom[] {
  const here = tree.nodes.flatMap((other) =>
    linksOf(other.doc)
      .filter((link) => link.trace_id === tree.id && link.id === node.doc.id)
      .map((link): LinkFrom => ({ attributes: link.attributes, node: other })),
  );
  const others = (links?.from ?? []).flatMap(({ row, links }) =>
    links
      .filter(({ to }) => linkedNode(to, tree) === node)
      .map(({ id, name, attributes }): LinkFrom => ({ attributes, other: { row, id, name } })),
  );
  return [...here, ...others];
}

/** The node that a link from another trace leads to: the root where it names one that has not come. */
export function linkedNode(id: string, tree: TraceTree): TraceNode | undefined {
  return tree.byKey.get(id) ?? tree.nodes.find(({ doc }) => doc.id === id) ?? tree.roots[0];
}
