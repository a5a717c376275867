import type { ErrorRow, ErrorTable } from 'local-xray/console-api';
import { placeOf } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { SortHead } from '../../components/sort-head';
import { SparkBars } from '../../components/spark';
import { Glyph } from '../../components/status';
import { count } from '../../model/format';
import type { Sort } from '../../model/list/row-sort';
import { whenOf } from '../../model/list/when';
import shared from '../shared/overview.module.css';
import style from './errors.module.css';
import { isNew } from './is-new';
import { MessageShape } from './message-shape';

export const SORTS: Record<string, (row: ErrorRow) => number | string> = {
  name: (row) => row.name,
  count: (row) => row.count,
  first: (row) => row.first,
  last: (row) => row.last,
};

/** Kinds of errors: type, message and place; how often, since when. */
export function ErrorsTable({
  table,
  rows,
  current,
  onCurrent,
  sort,
  onSort,
  onPointer,
}: {
  table: ErrorTable;
  rows: readonly ErrorRow[];
  current: number;
  onCurrent: (at: number) => void;
  sort: Sort;
  onSort: (sort: string) => void;
  onPointer: (inside: boolean) => void;
}): JSX.Element {
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    body.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <table class={`${shared.table} ${style.table}`} aria-label="Errors">
      <colgroup>
        <col />
        <col class={style.colTrend} />
        <col class={style.colCount} />
        <col class={`${style.colSeen} ${style.colFirst}`} />
        <col class={style.colSeen} />
      </colgroup>
      <thead>
        <tr>
          <SortHead name="name" sort={sort} onSort={onSort}>
            Type, message and place
          </SortHead>
          <th scope="col" class={style.cellTrend}>
            <span class={shared.axis}>
              <span>{whenOf(table.from)}</span>
              <span>{whenOf(table.from + table.width * table.slots)}</span>
            </span>
          </th>
          <SortHead name="count" sort={sort} onSort={onSort} class="num">
            Count
          </SortHead>
          <SortHead name="first" sort={sort} onSort={onSort} class={style.cellFirst}>
            First seen
          </SortHead>
          <SortHead name="last" sort={sort} onSort={onSort}>
            Last seen
          </SortHead>
        </tr>
      </thead>
      <tbody
        ref={body}
        onPointerEnter={() => onPointer(true)}
        onPointerLeave={() => onPointer(false)}
      >
        {rows.map((row, at) => (
          <tr
            key={row.name}
            class={at === current ? `${shared.current} ${style.current}` : undefined}
            onClick={() => onCurrent(at)}
          >
            <td class={style.cellError}>
              <div class={style.line}>
                <span class={`s-${row.status}`}>
                  <Glyph name={row.status} label={row.status} />
                </span>
                <button
                  type="button"
                  class={`${style.message} plain`}
                  aria-pressed={at === current}
                  onFocus={() => onCurrent(at)}
                >
                  <b>{row.type}</b> <MessageShape text={row.message} />
                </button>
              </div>
              <div class={style.where}>
                <code>{row.file ? placeOf(row.file, row.line) : (row.place ?? '')}</code>
                <span class="cut">{routesOf(row)}</span>
              </div>
            </td>
            <td class={style.cellTrend}>
              <SparkBars
                values={row.trend}
                fault={row.status === 'fault'}
                words={`${count(row.count)} times over time`}
              />
            </td>
            <td class={`num ${style.cellCount}`}>
              <b class={shared.strong}>{count(row.count)}</b>
            </td>
            <td class={`t2 ${style.cellFirst}`}>
              {row.first < table.from ? (
                <span class="t3">before range</span>
              ) : (
                whenOf(row.first, { seconds: true })
              )}
              {isNew(row, table) && (
                <>
                  <br />
                  <span class={style.new}>new</span>
                </>
              )}
            </td>
            <td class={style.cellLast}>{whenOf(row.last, { seconds: true })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function routesOf({ routes }: ErrorRow): string {
  const names = routes.slice(0, 2).map(({ name }) => name);
  return names.join(', ') + (routes.length > 2 ? `, + ${routes.length - 2}` : '');
}
