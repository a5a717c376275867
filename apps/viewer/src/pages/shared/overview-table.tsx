import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { SortHead } from '../../components/sort-head';
import type { Sort } from '../../model/list/row-sort';
import style from './overview.module.css';

/** Rows that are drawn before the others: two hundred take longer than all else that the page does. */
const FIRST = 50;

export interface OverviewColumn<Row> {
  /** The name of the column in the address, if rows can be sorted by it. */
  name: string;
  heading: ComponentChildren;
  /** The value to sort by. Without it, the column cannot be sorted. */
  value?: (row: Row) => number | string;
  cell: (row: Row, at: number) => ComponentChildren;
  /** Classes of the column, of its cells, and of its heading if that differs. */
  column?: string | undefined;
  class?: string | undefined;
  headClass?: string | undefined;
}

/** A sorted copy of the rows. */
export function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly OverviewColumn<Row>[],
  sort: Sort,
  usual: Sort,
): Row[] {
  const valueOf = (name: string) => columns.find((each) => each.name === name)?.value;
  const value = valueOf(sort.by) ?? valueOf(usual.by);
  if (!value) return [...rows];
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    const order = typeof x === 'string' ? x.localeCompare(String(y)) : x - Number(y);
    return sort.down ? -order : order;
  });
}

/** A table that can be sorted by its headings, with a current row for the keyboard. */
export function OverviewTable<Row>({
  label,
  class: more = '',
  columns,
  rows,
  keyOf,
  current,
  currentClass = '',
  onCurrent,
  onOpen,
  sort,
  onSort,
  onPointer,
}: {
  label: string;
  class?: string | undefined;
  columns: readonly OverviewColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  current: number;
  currentClass?: string | undefined;
  onCurrent: (at: number) => void;
  /** Called when a row is clicked, which also becomes the current one. */
  onOpen?: (row: Row) => void;
  sort: Sort;
  onSort: (sort: string) => void;
  /** Called when the pointer enters or leaves the rows. While it is inside, rows must not move. */
  onPointer: (inside: boolean) => void;
}): JSX.Element {
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    body.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const drawn = useDrawn(rows.length, current);
  const click = (event: MouseEvent, row: Row, at: number): void => {
    onCurrent(at);
    const text = getSelection()?.toString();
    if (!text && !(event.target as Element).closest('a')) onOpen?.(row);
  };
  return (
    <table class={`${style.table} ${more}`} aria-label={label}>
      <colgroup>
        {columns.map(({ name, column }) => (
          <col key={name} class={column} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map(({ name, heading, value, class: cell, headClass = cell }) =>
            value ? (
              <SortHead key={name} name={name} sort={sort} onSort={onSort} class={headClass}>
                {heading}
              </SortHead>
            ) : (
              <th key={name} scope="col" class={headClass}>
                {heading}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody
        ref={body}
        onPointerEnter={() => onPointer(true)}
        onPointerLeave={() => onPointer(false)}
      >
        {rows.slice(0, drawn).map((row, at) => (
          <tr
            key={keyOf(row)}
            class={at === current ? `${style.current} ${currentClass}` : undefined}
            onClick={(event) => click(event, row, at)}
          >
            {columns.map(({ name, class: cellClass, cell }) => (
              <td key={name} class={cellClass}>
                {cell(row, at)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How many rows to draw: in the first frame only some, then all. The current row is always among them. */
function useDrawn(count: number, current: number): number {
  const [all, setAll] = useState(count <= FIRST);
  useEffect(() => {
    if (all || count === 0) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setAll(true));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [all, count]);
  return all ? count : Math.max(FIRST, current + 1);
}

/** A bar relative to the largest value of its column, and the number. */
export function ShareBar({
  share,
  figure,
  trackClass = '',
  barClass,
}: {
  /** 0 to 1. */
  share: number;
  figure: string;
  trackClass?: string | undefined;
  barClass?: string | undefined;
}): JSX.Element {
  return (
    <div class={style.share}>
      <div class={`${style.track} ${trackClass}`}>
        <i class={barClass} style={{ width: `${share * 100}%` }} />
      </div>
      <span class="num">{figure}</span>
    </div>
  );
}

/** A heading with a shorter form for narrow pages. */
export function ShortHeading({ long, short }: { long: string; short: string }): JSX.Element {
  return (
    <>
      <span class={style.wideOnly}>{long}</span>
      <span class={style.narrowOnly}>{short}</span>
    </>
  );
}
