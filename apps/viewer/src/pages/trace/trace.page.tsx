import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useConnection } from '../../api/live';
import { useTrace } from '../../api/use-trace';
import { useTraceLinks } from '../../api/use-trace-links';
import { copyText } from '../../components/button';
import { copyPermalink } from '../../components/said';
import { useKeys } from '../../components/keys';
import { NoTrace, Skeleton } from '../../components/load-state';
import { pan, zoom } from '../../model/trace/bars';
import { annotationFilter } from '../../model/filter/filter-text';
import { carried } from '../../model/carried';
import { clock, ms } from '../../model/format';
import type { Status, TraceNode, TraceTree } from '@nestjs-xray/trace';
import { troubles } from '../../model/trace/trace-search';
import type { PageProps } from '../../page';
import { href, navigate } from '../../router';
import { Detail } from './detail/detail';
import { TraceHeader } from './header';
import { HintsBar } from './hints';
import { Legend } from './legend';
import { LogPane } from './logs/log-pane';
import { useTraceLogs } from './logs/use-trace-logs';
import { Overview } from './overview';
import { Toolbar } from './toolbar';
import { useTraceView, type TraceView } from './use-trace-view';
import { Waterfall } from './waterfall';
import style from './trace-page.module.css';

export function TracePage({ route }: PageProps): JSX.Element {
  const { trace, tree, error } = useTrace(route.id);
  useEffect(() => {
    const root = tree?.roots[0];
    document.title = `${root ? root.detail || root.title : 'Trace'} · Local X-Ray`;
  }, [tree]);
  if (trace && tree) return <LoadedTracePage trace={trace} tree={tree} />;
  return error ? <NoTrace error={error} /> : <Skeleton label="Loading the trace…" />;
}

function LoadedTracePage({ trace, tree }: { trace: object; tree: TraceTree }): JSX.Element {
  const view = useTraceView(tree);
  const logs = useTraceLogs(view);
  const links = useTraceLinks(tree.id);
  const connection = useConnection();
  const { hitAt, currentHit, goToHit } = useHits(view);
  const goToTrouble = (step: 1 | -1, status?: Status): void => {
    const next = nextOf(troubles(tree, status), view.selected, step);
    if (next) view.reveal(next);
  };
  useTraceKeys(view, goToTrouble);
  return (
    <div class={style.page}>
      <TraceHeader trace={trace} tree={tree} links={links} onSelect={view.reveal} />
      {connection.state === 'lost' && (
        <p class={style.note} role="status">
          Local X-Ray does not answer
          {connection.heardAt !== undefined &&
            ` since ${clock(connection.heardAt / 1000, { millis: false })}`}
          . This is the trace as it was then.
        </p>
      )}
      <HintsBar
        hints={view.hintGroups}
        whole={tree.responseEnd ?? tree.duration}
        current={view.hint?.id ?? ''}
        onHint={view.follow}
      />
      <div class={style.work}>
        <section
          class={style.waterfall}
          aria-label="Waterfall"
          style={{ '--widest': `${widthOf(ms(tree.duration))}px` }}
        >
          <Toolbar
            view={view}
            logs={logs}
            hitAt={hitAt}
            onHit={goToHit}
            onTrouble={(status) => goToTrouble(1, status)}
          />
          <div class={style.columnHeads}>
            <span>Name</span>
            <span class="num">
              <span class={style.wideOnly}>Total, </span>ms
            </span>
            <span class={`num ${style.selfHead}`}>Self</span>
            <Overview view={view} />
          </div>
          <Waterfall view={view} logs={logs} currentHit={currentHit} />
          <LogPane logs={logs} words={view.words} />
        </section>
        <Detail view={view} logs={logs} links={links} />
      </div>
      <Legend logs={logs.all.length > 0} />
    </div>
  );
}

/** The width in pixels that a column needs for its longest number. Digits of wide fonts take 7.7 at 12 px. */
function widthOf(number: string): number {
  const digits = number.replace(/\D/g, '').length;
  return Math.ceil(16 + digits * 7.7 + (number.length - digits) * 4);
}

/** The current hit, and the function that goes to the next. */
function useHits(view: TraceView): {
  hitAt: number;
  currentHit: string;
  goToHit: (step: 1 | -1) => void;
} {
  const [current, setCurrent] = useState<TraceNode>();
  const at = current ? view.hits.findIndex((node) => node.key === current.key) : -1;
  const row = useMemo(
    () =>
      at < 0
        ? undefined
        : view.rows.find((one) =>
            one.type === 'fold'
              ? one.nodes.some((node) => node.key === current?.key)
              : one.node.key === current?.key,
          ),
    [view.rows, current, at],
  );
  return {
    hitAt: at + 1,
    currentHit: row?.key ?? '',
    goToHit: (step) => {
      const next = nextOf(view.hits, at < 0 ? view.selected : view.hits[at], step);
      if (!next) return;
      setCurrent(next);
      view.select(next.key);
    },
  };
}

/** The node after (or before) `from` in the order of the waterfall. After the last comes the first. */
function nextOf(
  nodes: TraceNode[],
  from: TraceNode | undefined,
  step: 1 | -1,
): TraceNode | undefined {
  const at = from?.index ?? -1;
  if (step > 0) return nodes.find((node) => node.index > at) ?? nodes[0];
  return nodes.filter((node) => node.index < at).pop() ?? nodes[nodes.length - 1];
}

function useTraceKeys(view: TraceView, goToTrouble: (step: 1 | -1) => void): void {
  const { rows, selectedRow, window, tree } = view;
  const row = rows[selectedRow];
  const move = (step: number): void => {
    const next = rows[Math.min(Math.max(selectedRow + step, 0), rows.length - 1)];
    if (next) view.select(next.key);
  };
  const zoomBy = (factor: number): void => {
    const node = view.selected;
    const middle = (window.from + window.until) / 2;
    const centre =
      node && node.start < window.until && node.end > window.from
        ? (Math.max(node.start, window.from) + Math.min(node.end, window.until)) / 2
        : middle;
    view.set({ window: zoom(window, factor, centre, tree.duration) });
  };
  const left = (): void => {
    if (row?.expandable && row.expanded) view.toggle(row, false);
    else {
      for (let at = selectedRow - 1; at >= 0; at--) {
        const above = rows[at];
        if (above && row && above.depth < row.depth) return view.select(above.key);
      }
    }
  };
  const right = (): void => {
    if (row?.expandable && !row.expanded) view.toggle(row, true);
    else move(1);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => move(20),
    PageUp: () => move(-20),
    Home: () => move(-rows.length),
    End: () => move(rows.length),
    ArrowLeft: left,
    ArrowRight: right,
    n: () => goToTrouble(1),
    N: () => goToTrouble(-1),
    '[': () => view.set({ level: view.level - 1 }),
    ']': () => view.set({ level: view.level + 1 }),
    w: () => zoomBy(0.5),
    s: () => zoomBy(2),
    a: () => view.set({ window: pan(window, -0.25, tree.duration) }),
    d: () => view.set({ window: pan(window, 0.25, tree.duration) }),
    '0': () => view.set({ window: { from: 0, until: tree.duration } }),
    c: () => view.set({ critical: !view.critical }),
    f: () => filterBySelected(view),
    y: () => copyPermalink(copyText),
    Enter: openSource,
    o: openSource,
  });
}

function openSource(): void {
  document.querySelector<HTMLAnchorElement>('aside a[data-source]')?.click();
}

/** Filters by the first annotation of the selection, or by the field that has the focus. */
function filterBySelected({ selected, tree }: TraceView): void {
  const focused = document.activeElement
    ?.closest('[data-field]')
    ?.querySelector<HTMLElement>('[data-filter]')?.dataset.filter;
  const holder = [selected, ...tree.roots].find(
    (node) => Object.keys(node?.doc.annotations ?? {}).length > 0,
  );
  const [key, value] = Object.entries(holder?.doc.annotations ?? {})[0] ?? [];
  const filter =
    focused ??
    (key !== undefined && value !== undefined ? annotationFilter(key, value) : undefined);
  if (filter && !carried) navigate(href('/traces', { filter }));
}
