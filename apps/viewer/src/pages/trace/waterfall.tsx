import type { JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useMedia, useVirtual } from '../../components/use-virtual';
import { axisTicks, place } from '../../model/trace/bars';
import type { Row } from '../../model/trace/waterfall-rows';
import type { LogsOnBars } from './logs/log-marks';
import type { LogView } from './logs/use-trace-logs';
import { WaterfallRow } from './row';
import type { TraceView } from './use-trace-view';
import style from './waterfall.module.css';

const ROW = 24;
const ROW_NARROW = 40;

/** The rows. Only the visible ones and a few around them are rendered. */
export function Waterfall({
  view,
  logs,
  currentHit,
}: {
  view: TraceView;
  logs: LogView;
  currentHit: string;
}): JSX.Element {
  const narrow = useMedia('(max-width: 719px)');
  const holder = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const rowHeight = narrow ? ROW_NARROW : ROW;
  const { items, totalSize, reveal } = useVirtual({
    count: view.rows.length,
    rowHeight,
    within: narrow ? 'page' : 'element',
    element: narrow ? grid : holder,
  });

  // What a key, a hint or the address selects is scrolled into view. On a narrow page this would scroll the heading
  // away when the page opens, so it waits for the first move.
  const last = useRef(-1);
  useEffect(() => {
    const arrived = last.current < 0;
    if (view.selectedRow >= 0 && last.current !== view.selectedRow && !(arrived && narrow)) {
      reveal(view.selectedRow, arrived ? 3 * rowHeight : 0);
    }
    last.current = view.selectedRow;
  }, [view.selectedRow, view.selected?.key]);
  useEffect(() => {
    if (!grid.current?.contains(document.activeElement) && document.activeElement !== document.body)
      return;
    if (!grid.current?.contains(document.activeElement)) return;
    document.getElementById(`row-${view.selectedRow}`)?.focus({ preventScroll: true });
  });

  const { window, tree, hint } = view;
  const width = useBarWidth(grid);
  const marks = useMemo(
    (): LogsOnBars | undefined =>
      logs.marks && logs.all.length > 0
        ? { index: logs.index, width, chosen: logs.chosen }
        : undefined,
    [logs.marks, logs.index, width, logs.chosen],
  );
  const hinted = useMemo(() => new Set(hint?.nodes), [hint]);
  const rowAt = (event: MouseEvent): Row | undefined => {
    const row = (event.target as Element).closest<HTMLElement>('[role=row]');
    return row ? view.rows[Number(row.ariaRowIndex) - 1] : undefined;
  };
  const sent = tree.responseEnd;
  const sentAt =
    sent !== undefined && tree.duration - sent > tree.duration * 0.005
      ? place([sent, sent], window)
      : undefined;
  return (
    <div class={style.rows} data-rows ref={holder}>
      <div
        class={style.grid}
        data-critical-path={view.critical ? 'shown' : 'hidden'}
        role="treegrid"
        aria-label="Segments and subsegments"
        aria-rowcount={view.rows.length}
        ref={grid}
        onClick={(event) => {
          const row = rowAt(event);
          const mark = (event.target as Element).closest<HTMLElement>('[data-log]');
          const line = mark && logs.all.find(({ id }) => id === mark.dataset.log);
          if (line) return logs.choose(line);
          const twisted = (event.target as Element).closest('[data-twist]') && row?.expandable;
          if (row && twisted) view.toggle(row);
          else if (row) view.select(row.key);
        }}
        onDblClick={(event) => {
          const row = rowAt(event);
          if (row?.expandable && !(event.target as Element).closest('[data-twist]'))
            view.toggle(row);
        }}
        style={{ height: `${totalSize}px` }}
      >
        <div class={style.lines} aria-hidden="true">
          {axisTicks(window).map((tick) => {
            const mark = place([tick, tick], window);
            return (
              mark &&
              mark.left > 0.2 && (
                <i key={tick} class={style.gridLine} style={{ left: `${mark.left}%` }} />
              )
            );
          })}
          {sentAt && <i class={style.sent} style={{ left: `${sentAt.left}%` }} />}
        </div>
        {items.map((item) => {
          const row = view.rows[item.index];
          if (!row) return null;
          return (
            <WaterfallRow
              key={row.key}
              row={row}
              index={item.index}
              top={item.start}
              selected={item.index === view.selectedRow}
              window={window}
              words={view.words}
              currentHit={row.key === currentHit}
              hinted={isHinted(row, hinted)}
              marks={marks}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Width of the column of bars in pixels, needed to merge marks that would touch. */
function useBarWidth(grid: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = grid.current;
    if (!element) return undefined;
    const measure = (): void =>
      setWidth(element.querySelector('[data-timeline]')?.clientWidth ?? 0);
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  return width;
}

function isHinted(row: Row, keys: ReadonlySet<string>): boolean {
  if (keys.size === 0) return false;
  return row.type === 'fold'
    ? row.nodes.some((node) => keys.has(node.key))
    : keys.has(row.node.key);
}
