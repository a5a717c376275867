import type { ComponentChildren, JSX } from 'preact';
import { traceHref } from '../model/address';
import { carried } from '../model/carried';
import { dateTime, duration } from '../model/format';
import type { TraceNode, TraceTree } from '@nestjs-xray/trace';
import { href } from '../router';
import { ExportMenu } from './export-menu';
import { Badge, OpenBadge } from './status';
import style from './trace-head.module.css';

const VIEWS = [
  { view: undefined, label: 'Waterfall' },
  { view: 'flame', label: 'Flame graph' },
  { view: 'statistics', label: 'Statistics' },
  { view: 'map', label: 'Map' },
] as const;
/** Local X-Ray creates the map, so a trace in a file has none. */
const views = carried ? VIEWS.filter(({ view }) => view !== 'map') : VIEWS;

/** The title of a trace: method and route of its first segment, else the segment's name. */
export function traceTitle(tree: TraceTree): string {
  const root = rootOf(tree);
  return root ? root.detail || root.title : 'A trace without documents';
}

function rootOf(tree: TraceTree): TraceNode | undefined {
  return tree.roots.find((node) => node.kind === 'segment') ?? tree.roots[0];
}

/** Heading of the views of one trace other than the waterfall. */
export function TraceHead({
  trace,
  tree,
  current,
  children,
}: {
  trace: object;
  tree: TraceTree;
  current: 'flame' | 'statistics' | 'map';
  children?: ComponentChildren;
}): JSX.Element {
  const root = rootOf(tree);
  const code = root?.doc.http?.response?.status;
  return (
    <header class={style.head}>
      <div class={style.title}>
        <h1 class="cut">
          <bdi>{traceTitle(tree)}</bdi>
        </h1>
        {root && (!root.inProgress || root.status !== 'ok') && (
          <Badge status={root.status}>{[root.status, code].filter(Boolean).join(' ')}</Badge>
        )}
        <OpenBadge tree={tree} />
        <span class={`${style.facts} t2 nw`}>
          {duration(tree.responseEnd ?? tree.duration)} <span class="t3">at</span>{' '}
          {dateTime(tree.start)}
        </span>
        <span class={style.actions}>
          {!carried && (
            <a class="btn" href={href('/compare', { a: tree.id })}>
              Compare
            </a>
          )}
          <ExportMenu trace={trace} tree={tree} />
        </span>
      </div>
      <nav class={style.views} aria-label="Views of this trace">
        {views.map(({ view, label }) => (
          <a
            key={label}
            href={traceHref(tree.id, view)}
            aria-current={view === current ? 'page' : undefined}
          >
            {label}
          </a>
        ))}
        {children}
      </nav>
    </header>
  );
}
