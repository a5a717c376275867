import type { RouteRow } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { HintMark } from '../../components/hint-mark';
import { SortHead } from '../../components/sort-head';
import { SparkLine } from '../../components/spark';
import { Glyph } from '../../components/status';
import { and } from '../../model/filter/filter-text';
import { duration, ms, rate, shareFigure } from '../../model/format';
import { hintWhy } from '../../model/hint-name';
import type { Sort } from '../../model/list/row-sort';
import { contextHref, navigate } from '../../router';
import shared from '../shared/overview.module.css';
import style from './routes.module.css';

/** What each column is sorted by. */
export const SORTS: Record<string, (row: RouteRow) => number | string> = {
  name: (row) => row.name,
  service: (row) => row.service ?? '',
  seconds: (row) => row.seconds,
  count: (row) => row.count,
  error: (row) => (row.error + row.throttle) / row.count,
  fault: (row) => row.fault / row.count,
  p50: (row) => row.p50,
  p95: (row) => row.p95,
  p99: (row) => row.p99,
  hint: (row) => (row.hint ? row.hint.each * row.hint.traces : 0),
};

interface TableProps {
  rows: readonly RouteRow[];
  by: string;
  /** Of all rows. */
  seconds: number;
  minutes: number;
  /** Seconds that the sparklines cover. */
  span: number;
  sort: Sort;
  onSort: (sort: string) => void;
  current: number;
  onCurrent: (at: number) => void;
  filter: string;
  onPointer: (inside: boolean) => void;
}

/** One row for each route, by share of time. */
export function RoutesTable(props: TableProps): JSX.Element {
  const { rows, by, sort, onSort, current, onPointer, span } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const most = Math.max(...rows.map((row) => row.seconds), 1e-9);
  useEffect(() => {
    body.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const head = (name: string, label: JSX.Element | string, more = ''): JSX.Element => (
    <SortHead name={name} sort={sort} onSort={onSort} class={more}>
      {label}
    </SortHead>
  );
  return (
    <div class={shared.tableWrap}>
      <table class={`${shared.table} ${style.table}`} aria-label="Routes and jobs">
        <colgroup>
          <col />
          <col class={style.colService} />
          <col class={style.colShare} />
          <col class={style.colRate} />
          <col class={style.colTrouble} />
          <col class={style.colTrouble} />
          <col class={style.colPercentile} />
          <col class={style.colPercentile} />
          <col class={style.colPercentile} />
          <col class={style.colSpark} />
          <col class={style.colHint} />
        </colgroup>
        <thead>
          <tr>
            {head('name', nameOf(by))}
            {head('service', 'Service', style.cellService)}
            {head(
              'seconds',
              <>
                <span class={shared.wideOnly}>Share of time, %</span>
                <span class={shared.narrowOnly}>Time, %</span>
              </>,
            )}
            {head('count', 'Per min', 'num')}
            {head('error', 'Error, %', 'num')}
            {head('fault', 'Fault, %', 'num')}
            {head('p50', 'p50, ms', 'num')}
            {head('p95', 'p95', 'num')}
            {head('p99', 'p99', 'num')}
            <th scope="col">
              <div class={style.sparkHead}>
                p95 over time <span class={`t3 ${shared.wideOnly}`}>{duration(span)}</span>
              </div>
            </th>
            {head('hint', 'Worst hint, in % of traces', style.cellHint)}
          </tr>
        </thead>
        <tbody
          ref={body}
          onPointerEnter={() => onPointer(true)}
          onPointerLeave={() => onPointer(false)}
        >
          {rows.map((row, at) => (
            <Row
              key={`${row.service}\n${row.method}\n${row.name}`}
              row={row}
              at={at}
              most={most}
              {...props}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function nameOf(by: string): string {
  if (by === 'route') return 'Route or job';
  return by.startsWith('annotation.') ? by : by[0]!.toUpperCase() + by.slice(1);
}

function Row({
  row,
  at,
  most,
  seconds,
  minutes,
  current,
  filter,
  onCurrent,
}: { row: RouteRow; at: number; most: number } & TableProps): JSX.Element {
  const to = contextHref('/traces', { filter: and(filter, row.filter) });
  const why = row.hint && hintWhy(row.hint, row.count);
  return (
    <tr
      class={at === current ? shared.current : undefined}
      onClick={(event) => {
        onCurrent(at);
        if (!(event.target as Element).closest('a') && !getSelection()?.toString()) navigate(to);
      }}
    >
      <td class={style.cellName}>
        <div class="cut">
          {row.method && <span class={style.method}>{row.method}</span>}
          <a class={style.link} href={to} onFocus={() => onCurrent(at)}>
            <bdi>{row.name}</bdi>
          </a>
        </div>
        <div class={style.second}>
          <span class={style.serviceName}>{row.service}</span>
          {row.hint && <HintMark kind={row.hint.kind} {...(why && { why })} />}
        </div>
      </td>
      <td class={`t2 ${style.cellService}`}>{row.service}</td>
      <td class={style.cellShare}>
        <div class={shared.share}>
          <div class={shared.track}>
            <i style={{ width: `${(row.seconds / most) * 100}%` }} />
          </div>
          <span class="num">{shareFigure(row.seconds, seconds)}</span>
        </div>
      </td>
      <td class={`num ${style.cellRate}`}>{rate(row.count / minutes)}</td>
      <td class={`num ${style.cellError}`}>
        <Trouble count={row.error + row.throttle} of={row.count} status="error" />
      </td>
      <td class={`num ${style.cellFault}`}>
        <Trouble count={row.fault} of={row.count} status="fault" />
      </td>
      <td class={`num ${style.cellP50}`}>{ms(row.p50)}</td>
      <td class={`num ${style.cellP95}`}>
        <b class={shared.strong}>{ms(row.p95)}</b>
      </td>
      <td class={`num ${style.cellP99}`}>{ms(row.p99)}</td>
      <td class={style.cellSpark}>
        <SparkLine
          values={row.trend}
          faults={row.faults}
          words={`p95 of ${row.name} over time, ${ms(row.p95)} ms in all`}
        />
      </td>
      <td class={style.cellHint}>
        {row.hint ? (
          <HintMark kind={row.hint.kind} {...(why && { why })} />
        ) : (
          <span class="t3">–</span>
        )}
      </td>
    </tr>
  );
}

/** A share of trouble: shape and number, "0" where there was none. */
function Trouble({
  count,
  of,
  status,
}: {
  count: number;
  of: number;
  status: 'error' | 'fault';
}): JSX.Element {
  if (count === 0) return <span class={`${shared.zero} ${style.nil}`}>0</span>;
  return (
    <span class={`${shared.status} s-${status}`}>
      <Glyph name={status} />
      {shareFigure(count, of)}
    </span>
  );
}
