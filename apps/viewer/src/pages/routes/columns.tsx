import type { RouteRow, RouteTable } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { HintMark } from '../../components/hint-mark';
import { SparkLine } from '../../components/spark';
import { Glyph } from '../../components/status';
import { duration, ms, rate, shareFigure } from '../../model/format';
import { hintWhy } from '../../model/hint-name';
import { type OverviewColumn, ShareBar, ShortHeading } from '../shared/overview-table';
import shared from '../shared/overview.module.css';
import style from './routes.module.css';

/** The columns for routes, services, users or values of an annotation, by share of time. */
export function routeColumns(
  { rows, width, slots }: RouteTable,
  by: string,
  tracesOf: (row: RouteRow) => string,
  onFocus: (at: number) => void,
): OverviewColumn<RouteRow>[] {
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  const most = Math.max(...rows.map((row) => row.seconds), 1e-9);
  const minutes = (width * slots) / 60;
  return [
    {
      name: 'name',
      heading: nameOf(by),
      value: (row) => row.name,
      class: style.cellName,
      headClass: '',
      cell: (row, at) => (
        <>
          <div class="cut">
            {row.method && <span class={style.method}>{row.method}</span>}
            <a class={style.link} href={tracesOf(row)} onFocus={() => onFocus(at)}>
              <bdi>{row.name}</bdi>
            </a>
          </div>
          <div class={style.second}>
            <span class={style.serviceName}>
              <bdi>{row.service}</bdi>
            </span>
            <Hint row={row} />
          </div>
        </>
      ),
    },
    {
      name: 'service',
      heading: 'Service',
      value: (row) => row.service ?? '',
      column: style.colService,
      class: `t2 ${style.cellService}`,
      headClass: style.cellService,
      cell: (row) => <bdi>{row.service}</bdi>,
    },
    {
      name: 'seconds',
      heading: <ShortHeading long="Share of time, %" short="Time, %" />,
      value: (row) => row.seconds,
      column: style.colShare,
      class: style.cellShare,
      headClass: '',
      cell: (row) => (
        <ShareBar share={row.seconds / most} figure={shareFigure(row.seconds, seconds)} />
      ),
    },
    {
      name: 'count',
      heading: 'Per min',
      value: (row) => row.count,
      column: style.colRate,
      class: `num ${style.cellRate}`,
      headClass: 'num',
      cell: (row) => rate(row.count / minutes),
    },
    {
      name: 'error',
      heading: 'Error, %',
      value: (row) => (row.error + row.throttle) / row.count,
      column: style.colTrouble,
      class: `num ${style.cellError}`,
      headClass: 'num',
      cell: (row) => <Trouble count={row.error + row.throttle} of={row.count} status="error" />,
    },
    {
      name: 'fault',
      heading: 'Fault, %',
      value: (row) => row.fault / row.count,
      column: style.colTrouble,
      class: `num ${style.cellFault}`,
      headClass: 'num',
      cell: (row) => <Trouble count={row.fault} of={row.count} status="fault" />,
    },
    {
      name: 'p50',
      heading: 'p50, ms',
      value: (row) => row.p50,
      column: style.colPercentile,
      class: `num ${style.cellP50}`,
      headClass: 'num',
      cell: (row) => ms(row.p50),
    },
    {
      name: 'p95',
      heading: 'p95',
      value: (row) => row.p95,
      column: style.colPercentile,
      class: `num ${style.cellP95}`,
      headClass: 'num',
      cell: (row) => <b class={shared.strong}>{ms(row.p95)}</b>,
    },
    {
      name: 'p99',
      heading: 'p99',
      value: (row) => row.p99,
      column: style.colPercentile,
      class: `num ${style.cellP99}`,
      headClass: 'num',
      cell: (row) => ms(row.p99),
    },
    {
      name: 'trend',
      heading: (
        <div class={style.sparkHead}>
          p95 over time <span class={`t3 ${shared.wideOnly}`}>{duration(width * slots)}</span>
        </div>
      ),
      column: style.colSpark,
      class: style.cellSpark,
      headClass: '',
      cell: (row) => (
        <SparkLine
          values={row.trend}
          faults={row.faults}
          words={`p95 of ${row.name} over time, ${ms(row.p95)} ms in all`}
        />
      ),
    },
    {
      name: 'hint',
      heading: 'Worst hint, in % of traces',
      value: (row) => (row.hint ? row.hint.each * row.hint.traces : 0),
      column: style.colHint,
      class: style.cellHint,
      cell: (row) => (row.hint ? <Hint row={row} /> : <span class="t3">–</span>),
    },
  ];
}

function nameOf(by: string): string {
  if (by === 'route') return 'Route or job';
  return by.startsWith('annotation.') ? by : by[0]!.toUpperCase() + by.slice(1);
}

function Hint({ row: { hint, count } }: { row: RouteRow }): JSX.Element | null {
  if (!hint) return null;
  const why = hintWhy(hint, count);
  return <HintMark kind={hint.kind} {...(why && { why })} />;
}

/** The share of errors or faults as shape and number; "0" if there are none. */
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
