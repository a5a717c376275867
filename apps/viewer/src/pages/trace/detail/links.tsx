import type { LinkDocument } from '@nestjs-xray/document';
import { statusOf, type TraceNode, type TraceTree } from '@nestjs-xray/trace';
import type { TraceLinks, TraceRow } from 'local-xray/console-api';
import type { ComponentChildren, JSX } from 'preact';
import { Icon } from '../../../components/icon';
import { Glyph, tone } from '../../../components/status';
import { traceHref } from '../../../model/address';
import { carried } from '../../../model/carried';
import { count } from '../../../model/format';
import { whatOf } from '../../../model/list/trace-list';
import { whenOf } from '../../../model/list/when';
import { type LinkFrom, linksFrom, linksTo, type LinkTo } from '../../../model/trace/trace-links';
import style from './links.module.css';

interface Props {
  node: TraceNode;
  tree: TraceTree;
  /** Links from and to other traces. Undefined until loaded. */
  links: TraceLinks | undefined;
  onSelect: (node: TraceNode) => void;
}

/** The links of a node to other nodes, in this trace or another, and the links to it. */
export function Links({ node, tree, links, onSelect }: Props): JSX.Element | null {
  const to = linksTo(node, tree, links);
  const from = linksFrom(node, tree, links);
  const further = links && node === tree.roots[0] ? links.fromTotal - links.from.length : 0;
  return (
    <>
      {to.length > 0 && <h3>Linked to</h3>}
      {to.map((each, at) => (
        <Entry key={at} icon="right" attributes={each.link.attributes}>
          <Target {...each} known={links !== undefined} onSelect={onSelect} />
        </Entry>
      ))}
      {from.length > 0 && <h3>Linked from</h3>}
      {from.map((each, at) => (
        <Entry key={at} icon="left" attributes={each.attributes}>
          <Source {...each} onSelect={onSelect} />
        </Entry>
      ))}
      {further > 0 && (
        <p class="t3">{count(further)} earlier traces link to this one and are not listed.</p>
      )}
    </>
  );
}

function Entry({
  icon,
  attributes,
  children,
}: {
  icon: 'left' | 'right';
  attributes: LinkDocument['attributes'];
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={style.link}>
      <Icon name={icon} />
      {children}
      <Attributes of={attributes} />
    </div>
  );
}

function Target({
  link,
  node,
  row,
  known,
  onSelect,
}: LinkTo & { known: boolean; onSelect: Props['onSelect'] }): JSX.Element {
  if (node) return <Here node={node} onSelect={onSelect} />;
  const href = traceHref(link.trace_id, undefined, { select: link.id });
  if (row) return <OtherTrace row={row} href={href} />;
  const words = <bdi class="mono">{link.trace_id}</bdi>;
  if (carried) return <span>{words}</span>;
  return (
    <span>
      <a href={href}>{words}</a>
      {known && <span class="t3"> not received yet, or already deleted</span>}
    </span>
  );
}

function Source({
  node,
  other,
  onSelect,
}: LinkFrom & { onSelect: Props['onSelect'] }): JSX.Element | null {
  if (node) return <Here node={node} onSelect={onSelect} />;
  if (!other) return null;
  const { row, id, name } = other;
  const href = traceHref(row.id, undefined, { select: id });
  return <OtherTrace row={row} href={href} part={name} />;
}

function Here({ node, onSelect }: { node: TraceNode; onSelect: Props['onSelect'] }): JSX.Element {
  return (
    <button type="button" class="link" onClick={() => onSelect(node)}>
      <bdi>{node.title}</bdi> <span class="t3">in this trace</span>
    </button>
  );
}

/** Another trace with its request, outcome and time, which say more than its id. */
function OtherTrace({
  row,
  href,
  part,
}: {
  row: TraceRow;
  href: string;
  part?: string;
}): JSX.Element {
  const outcome = statusOf(row);
  return (
    <span class={style.trace}>
      <a href={href} title={row.id}>
        {row.url !== undefined && <bdi class={style.service}>{row.service}</bdi>}{' '}
        <bdi>
          {row.method} {whatOf(row)}
        </bdi>
      </a>
      {part !== undefined && part !== row.service && <bdi class="t2">{part}</bdi>}
      {outcome !== 'ok' && (
        <span class={tone(outcome)}>
          <Glyph name={outcome} label={outcome} />
        </span>
      )}
      <span class={`${style.when} t3`}>{whenOf(row.start, { seconds: true })}</span>
    </span>
  );
}

function Attributes({ of }: { of: LinkDocument['attributes'] }): JSX.Element | null {
  const entries = Object.entries(of ?? {});
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
