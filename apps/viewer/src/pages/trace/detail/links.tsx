import type { LinkDocument } from '@nestjs-xray/document';
import type { TraceNode, TraceTree } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { Icon } from '../../../components/icon';
import { traceHref } from '../../../model/address';
import { carried } from '../../../model/carried';
import style from './links.module.css';

/** Links of a node to others, in this trace or another, and those of this trace that lead to it. */
export function Links({
  node,
  tree,
  onSelect,
}: {
  node: TraceNode;
  tree: TraceTree;
  onSelect: (node: TraceNode) => void;
}): JSX.Element | null {
  const to = linksOf(node);
  const from = tree.nodes.flatMap((other) =>
    linksOf(other)
      .filter((link) => link.trace_id === tree.id && link.id === node.doc.id)
      .map((link) => ({ other, link })),
  );
  return (
    <>
      {to.length > 0 && <h3>Linked to</h3>}
      {to.map((link, at) => (
        <div key={at} class={style.link}>
          <Icon name="right" />
          <Target link={link} tree={tree} onSelect={onSelect} />
          <Attributes link={link} />
        </div>
      ))}
      {from.length > 0 && <h3>Linked from</h3>}
      {from.map(({ other, link }, at) => (
        <div key={at} class={style.link}>
          <Icon name="left" />
          <button type="button" class="link" onClick={() => onSelect(other)}>
            <bdi>{other.title}</bdi>
          </button>
          <Attributes link={link} />
        </div>
      ))}
    </>
  );
}

function Target({
  link,
  tree,
  onSelect,
}: {
  link: LinkDocument;
  tree: TraceTree;
  onSelect: (node: TraceNode) => void;
}): JSX.Element {
  const here = link.trace_id === tree.id ? tree.byKey.get(link.id) : undefined;
  if (here) {
    return (
      <button type="button" class="link" onClick={() => onSelect(here)}>
        <bdi>{here.title}</bdi> <span class="t3">in this trace</span>
      </button>
    );
  }
  const words = <bdi class="mono">{link.trace_id}</bdi>;
  return carried ? (
    <span>{words}</span>
  ) : (
    <a href={traceHref(link.trace_id, undefined, { select: link.id })}>{words}</a>
  );
}

function Attributes({ link }: { link: LinkDocument }): JSX.Element | null {
  const entries = Object.entries(link.attributes ?? {});
  if (entries.length === 0) return null;
  return (
    <span class={`${style.attributes} t2`}>
      {entries.map(([key, value], at) => (
        <bdi key={key}>
          {at > 0 && ', '}
          <b>{key}</b> {typeof value === 'string' ? value : JSON.stringify(value)}
        </bdi>
      ))}
    </span>
  );
}

/** Whatever a document says, those that can be followed. */
function linksOf(node: TraceNode): LinkDocument[] {
  const { links } = node.doc as { links?: unknown };
  if (!Array.isArray(links)) return [];
  return links.filter(
    (link: Partial<LinkDocument> | null): link is LinkDocument =>
      typeof link?.trace_id === 'string' && typeof link.id === 'string',
  );
}
