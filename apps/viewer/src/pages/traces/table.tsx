import type { TraceRow } from 'local-xray/console-api';
import type { JSX, RefObject } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useNow } from '../../api/use-trace';
import { HintMark } from '../../components/hint-mark';
import { Icon } from '../../components/icon';
import { StatusWord } from '../../components/status';
import { memo } from '../../components/memo';
import { useMedia, useVirtual } from '../../components/use-virtual';
import { ABSENT, clock, count, ms, plural } from '../../model/format';
import {
  firstDirection,
  isGrowing,
  rowStatus,
  whatOf,
  type Column,
  type Sort,
} from '../../model/list/trace-list';
import { dayOf } from '../../model/list/when';
import { traceHref } from '../../router';
import style from './table.module.css';

const ROW = 32;
const ROW_MEDIUM = 48;
const ROW_NARROW = 60;
/** Height of the sticky heading in pixels. */
const HEAD = 32;
/** Height of the sticky bar of keys below the table in pixels. */
const KEYS = 32;

const HEADINGS: [Column, string, string | undefined][] = [
  ['time', 'Time', style.time],
  ['status', 'Status', style.status],
  ['route', 'Method and route', style.what],
  ['duration', 'Duration, ms', style.duration],
  ['hint', 'Worst hint', style.hint],
  ['service', 'Service', style.service],
  ['user', 'User', style.user],
  ['annotations', 'Annotations', style.annotations],
];

export interface TableProps {
  rows: TraceRow[];
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** Index of the current row for the keyboard; -1 if there is none. */
  current: number;
  onCurrent: (index: number) => void;
  /** Number of newer traces that are not shown yet. */
  held: number;
  paused: boolean;
  onRelease: () => void;
  body: RefObject<HTMLDivElement | null>;
  onPointer: (over: boolean) => void;
}

/** The table of traces. Only the visible rows are rendered. The page itself scrolls. */
export function TraceTable(props: TableProps): JSX.Element {
  const { rows, current, body } = props;
  const narrow = useMedia('(max-width: 719px)');
  // Values without a column on narrower pages are shown below the name.
  const medium = useMedia('(max-width: 1199px)');
  const rowHeight = narrow ? ROW_NARROW : medium ? ROW_MEDIUM : ROW;
  const { items, totalSize, reveal } = useVirtual({
    count: rows.length,
    rowHeight,
    within: 'page',
    element: body,
    covered: narrow ? 0 : HEAD,
    coveredBelow: narrow ? 0 : KEYS,
  });
  const now = useNow(
    rows.slice(0, 200).some((row) => isGrowing(row, Date.now() / 1000)),
    100,
  );
  const slowest = useMemo(() => slowestOf(rows), [rows]);
  const last = useRef(-1);
  useEffect(() => {
    if (current >= 0 && current !== last.current) {
      reveal(current);
      requestAnimationFrame(() =>
        document.querySelector<HTMLElement>('[data-current] a')?.focus({ preventScroll: true }),
      );
    }
    last.current = current;
  }, [current]);
  return (
    <div class={style.table} role="table" aria-label="Traces" aria-rowcount={rows.length + 1}>
      <Heading {...props} />
      {props.paused && (
        <div class={style.newer}>
          {props.held > 0 ? (
            <button type="button" onClick={props.onRelease}>
              Show {plural(props.held, 'newer trace')}
            </button>
          ) : (
            <span class="t2">Paused. No newer trace yet.</span>
          )}
        </div>
      )}
      <div
        class={style.body}
        role="rowgroup"
        ref={body}
        style={{ height: `${totalSize}px` }}
        onClick={openRow}
        onFocusIn={(event) => {
          const row = (event.target as Element).closest<HTMLElement>('[role=row]');
          if (row) props.onCurrent(Number(row.ariaRowIndex) - 2);
        }}
        onPointerEnter={() => props.onPointer(true)}
        onPointerLeave={() => props.onPointer(false)}
      >
        {items.map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <Row
                key={row.id}
                row={row}
                index={item.index}
                top={item.start}
                current={item.index === current}
                slowest={slowest}
                now={isGrowing(row, now) ? now : 0}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

/** Opens the trace when its row is clicked anywhere, unless text was selected. */
function openRow(event: MouseEvent): void {
  const target = event.target as Element;
  if (target.closest('a') || getSelection()?.toString()) return;
  target.closest('[role=row]')?.querySelector('a')?.click();
}

/** The duration of the slowest complete trace, which bars are relative to. A trace that never ends would dwarf all. */
function slowestOf(rows: TraceRow[]): number {
  return rows.reduce((most, row) => (row.partial ? most : Math.max(most, row.duration)), 0.001);
}

function Heading({ sort, onSort, held, paused, onRelease }: TableProps): JSX.Element {
  return (
    <div class={style.head} role="rowgroup">
      <div class={style.headRow} role="row" aria-rowindex={1}>
        {HEADINGS.map(([column, label, place]) => {
          const sorted = sort.column === column;
          return (
            <div
              key={column}
              class={`${style.headCell} ${place}`}
              role="columnheader"
              aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : undefined}
            >
              <button
                type="button"
                onClick={() =>
                  onSort({ column, descending: sorted ? !sort.descending : firstDirection(column) })
                }
              >
                {label} {sorted && <Icon name={sort.descending ? 'down' : 'up'} />}
              </button>
              {column === 'time' && held > 0 && !paused && (
                <button
                  type="button"
                  class={style.held}
                  title={`Show ${plural(held, 'newer trace')}`}
                  onClick={onRelease}
                >
                  +{count(held)}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  row: TraceRow;
  index: number;
  top: number;
  current: boolean;
  slowest: number;
  /** Epoch seconds while the trace is in progress, else 0. */
  now: number;
}

const Row = memo(TableRow);

function TableRow({ row, index, top, current, slowest, now }: RowProps): JSX.Element {
  // Also after it has responded: work that continues is part of the duration.
  const open = now > 0;
  const status = rowStatus(row, open ? now : Infinity);
  const time = clock(row.start);
  const day = dayOf(row.start);
  const taken = open ? Math.max(row.duration, now - row.start) : row.duration;
  const what = whatOf(row);
  return (
    <div
      class={current ? `${style.row} ${style.current}` : style.row}
      role="row"
      aria-rowindex={index + 2}
      data-id={row.id}
      data-current={current || undefined}
      style={{ top: `${top}px` }}
    >
      <div class={`${style.cell} ${style.time}`} role="cell">
        {day && <b class={style.day}>{day} </b>}
        <span class="t2">{time.slice(0, 8)}</span>
        <span class="t3">{time.slice(8)}</span>
      </div>
      <div class={`${style.cell} ${style.status}`} role="cell">
        <StatusWord status={status} {...(row.status !== undefined && { code: row.status })} />
      </div>
      <div class={`${style.cell} ${style.what}`} role="cell">
        <span class={style.method}>{row.method}</span>{' '}
        <a class={style.route} href={traceHref(row.id)} title={row.url ?? what}>
          <bdi>{what}</bdi>
        </a>
        <div class={style.secondLine}>
          <span>
            <bdi>{row.service}</bdi>
          </span>
          {row.user !== undefined && (
            <span>
              <bdi>{row.user}</bdi>
            </span>
          )}
          {row.hint && <HintMark kind={row.hint.kind} />}
        </div>
      </div>
      <div class={`${style.cell} ${style.duration}`} role="cell" data-column="duration">
        <span class={open ? 'num s-progress' : 'num'}>{ms(taken)}</span>
        <span
          class={`${style.track} ${row.fault ? style.fault : ''} ${open ? style.open : ''}`}
          data-track
          data-open={open || undefined}
        >
          <i style={{ width: `${Math.max(Math.min(taken / slowest, 1) * 100, 1)}%` }} />
        </span>
      </div>
      <div class={`${style.cell} ${style.hint}`} role="cell" title={row.hint?.title}>
        {row.hint ? (
          <HintMark kind={row.hint.kind} why={row.hint.title} />
        ) : (
          <span class="t3">{ABSENT}</span>
        )}
      </div>
      <div class={`${style.cell} ${style.service} t2`} role="cell" title={row.service}>
        <bdi>{row.service}</bdi>
      </div>
      <div class={`${style.cell} ${style.user} t2`} role="cell" title={row.user}>
        {row.user !== undefined ? <bdi>{row.user}</bdi> : <span class="t3">{ABSENT}</span>}
      </div>
      <Annotations row={row} />
    </div>
  );
}

function Annotations({ row }: { row: TraceRow }): JSX.Element {
  const entries = Object.entries(row.annotations).filter(([key]) => key !== 'http_route');
  return (
    <div
      class={`${style.cell} ${style.annotations} ${style.annotationList}`}
      role="cell"
      title={entries.map(([key, value]) => `${key} ${String(value)}`).join('\n')}
    >
      {entries.length === 0 && <span class="t3">{ABSENT}</span>}
      {entries.map(([key, value]) => (
        <span key={key}>
          <bdi>{key}</bdi>{' '}
          <b>
            <bdi>{String(value)}</bdi>
          </b>
        </span>
      ))}
    </div>
  );
}
