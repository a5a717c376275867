import type { TraceLinks } from 'local-xray/console-api';
import type { JSX } from 'preact';
import type { SegmentDocument } from '@nestjs-xray/document';
import { CopyButton } from '../../components/button';
import { ExportMenu } from '../../components/export-menu';
import { useKeys } from '../../components/keys';
import { Badge, OpenBadge } from '../../components/status';
import { carried } from '../../model/carried';
import { clock, count, dateTime, duration, ms, plural } from '../../model/format';
import { allLogs, type TraceNode, type TraceTree } from '@nestjs-xray/trace';
import { linkedNode } from '../../model/trace/trace-links';
import { href, navigate, traceHref } from '../../router';
import style from './header.module.css';

/** The request, its outcome, and links to other views. */
export function TraceHeader({
  trace,
  tree,
  links,
  onSelect,
}: {
  trace: object;
  tree: TraceTree;
  links: TraceLinks | undefined;
  onSelect: (node: TraceNode) => void;
}): JSX.Element {
  const root = tree.roots.find((node) => node.kind === 'segment') ?? tree.roots[0];
  const status = root?.doc.http?.response?.status;
  return (
    <div class={style.header}>
      <div class={style.title}>
        <h1 class="cut" title={root?.detail || root?.title}>
          <bdi>{root?.detail || root?.title || tree.id}</bdi>
        </h1>
        {root && !(root.inProgress && root.status === 'ok') && (
          <Badge status={root.status}>
            {root.status} {status}
          </Badge>
        )}
        <OpenBadge tree={tree} />
      </div>
      <Actions trace={trace} tree={tree} />
      <Facts tree={tree} root={root} links={links} onSelect={onSelect} />
    </div>
  );
}

function Facts({
  tree,
  root,
  links,
  onSelect,
}: {
  tree: TraceTree;
  root: TraceNode | undefined;
  links: TraceLinks | undefined;
  onSelect: (node: TraceNode) => void;
}): JSX.Element {
  const doc = root?.doc as SegmentDocument | undefined;
  const rule = ruleOf(doc);
  const logs = allLogs(tree).lines.length;
  return (
    <dl class={style.facts}>
      <div>
        <dt>Response</dt>
        <dd>
          {tree.responseEnd === undefined ? (
            <span class="s-progress">…</span>
          ) : (
            <>
              {ms(root?.total)}
              <span class="u">ms</span>
            </>
          )}
        </dd>
      </div>
      {tree.responseEnd !== undefined && tree.duration - tree.responseEnd > 0.0005 && (
        <div>
          <dt>Whole trace</dt>
          <dd>{duration(tree.duration)}</dd>
        </div>
      )}
      <div>
        <dt>Started</dt>
        <dd title={dateTime(tree.start)}>
          {isToday(tree.start) ? clock(tree.start) : dateTime(tree.start)}
        </dd>
      </div>
      <div>
        <dt>Segments</dt>
        <dd>
          {count(tree.segments)}{' '}
          {tree.awaited > 0 && <span class="t3">+ {count(tree.awaited)} awaited</span>}
        </dd>
      </div>
      <div>
        <dt>Subsegments</dt>
        <dd>
          {count(tree.subsegments)} {tree.full && <span class="t3">limit reached</span>}
        </dd>
      </div>
      {logs > 0 && (
        <div>
          <dt>Logs</dt>
          <dd>{count(logs)}</dd>
        </div>
      )}
      {links && <LinkedFrom tree={tree} links={links} onSelect={onSelect} />}
      {doc?.user && (
        <div>
          <dt>User</dt>
          <dd>
            <span class="cut" title={doc.user}>
              <bdi>{doc.user}</bdi>
            </span>
          </dd>
        </div>
      )}
      {rule && (
        <div>
          <dt>Sampled by</dt>
          <dd>{carried ? rule : <a href={href('/sampling', { rule })}>{rule}</a>}</dd>
        </div>
      )}
      <div>
        <dt class="vh">Trace id</dt>
        <dd class="mono">
          {tree.id} <CopyButton text={tree.id} label="Copy trace id" />
        </dd>
      </div>
    </dl>
  );
}

/** How many other traces link to this one. A click selects the first node that they link to. */
function LinkedFrom({
  tree,
  links,
  onSelect,
}: {
  tree: TraceTree;
  links: TraceLinks;
  onSelect: (node: TraceNode) => void;
}): JSX.Element | null {
  const first = links.from[0]?.links[0];
  const node = first && linkedNode(first.to, tree);
  if (!node) return null;
  return (
    <div>
      <dt>Linked from</dt>
      <dd>
        <button type="button" class="link" onClick={() => onSelect(node)}>
          {plural(links.fromTotal, 'trace')}
        </button>
      </dd>
    </div>
  );
}

/** The sampling rule that applied, under either of the names that tracers use. */
function ruleOf(doc: SegmentDocument | undefined): string | undefined {
  const xray = doc?.aws?.xray as { rule_name?: unknown; sampling_rule_name?: unknown } | undefined;
  const name = xray?.sampling_rule_name ?? xray?.rule_name;
  return typeof name === 'string' ? name : undefined;
}

function isToday(epochSeconds: number): boolean {
  return new Date(epochSeconds * 1000).toDateString() === new Date().toDateString();
}

/** Storage key of the trace marked as side A. The page Compare reads it too. */
const SIDE_A = 'compare-a';

function Actions({ trace, tree }: { trace: object; tree: TraceTree }): JSX.Element {
  const sideA = carried ? null : sessionStorage.getItem(SIDE_A);
  const compare = sideA && sideA !== tree.id ? { a: sideA, b: tree.id } : { b: tree.id };
  useKeys({
    m: () => {
      if (carried) return;
      sessionStorage.setItem(SIDE_A, tree.id);
      navigate(href('/compare', { a: tree.id }));
    },
  });
  return (
    <div class={style.actions}>
      <a class="btn quiet" href={traceHref(tree.id, 'flame')}>
        Flame graph
      </a>
      <a class="btn quiet" href={traceHref(tree.id, 'statistics')}>
        Statistics
      </a>
      {!carried && (
        <>
          <a class="btn quiet" href={traceHref(tree.id, 'map')}>
            Map
          </a>
          <a class="btn" href={href('/compare', compare)} title="Compare with another trace (m)">
            Compare
          </a>
        </>
      )}
      <ExportMenu trace={trace} tree={tree} />
    </div>
  );
}
