import type { LinkDocument } from '@nestjs-xray/document';
import { linksOf, type TraceNode, type TraceTree } from '@nestjs-xray/trace';
import type { TraceLinks, TraceRow } from 'local-xray/console-api';

/** A link of a node to another, in this trace or in another one. */
export interface LinkTo {
  link: LinkDocument;
  /** The target, if it is in this trace. */
  node?: TraceNode;
  /** The other trace, if it is stored. */
  row?: TraceRow;
}

/** A link to a node, from another node of this trace or from another trace. */
export interface LinkFrom {
  attributes: LinkDocument['attributes'];
  node?: TraceNode;
  /** The segment or subsegment of the other trace that has the link. */
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

/** The target of a link from another trace. The root if the link names a node that has not arrived. */
export function linkedNode(id: string, tree: TraceTree): TraceNode | undefined {
  return tree.byKey.get(id) ?? tree.nodes.find(({ doc }) => doc.id === id) ?? tree.roots[0];
}
