import type { ErrorRow, ErrorTable } from 'local-xray/console-api';
import { placeOf } from '@nestjs-xray/trace';
import { SparkBars } from '../../components/spark';
import { Glyph } from '../../components/status';
import { count } from '../../model/format';
import { whenOf } from '../../model/list/when';
import { TimeAxis } from '../shared/overview-panel';
import type { OverviewColumn } from '../shared/overview-table';
import shared from '../shared/overview.module.css';
import style from './errors.module.css';
import { isNew } from './is-new';
import { MessageShape } from './message-shape';

/** The columns of kinds of errors: type, message and place, how often, since when. */
export function errorColumns(
  table: ErrorTable,
  current: string | undefined,
  onFocus: (at: number) => void,
): OverviewColumn<ErrorRow>[] {
  return [
    {
      name: 'name',
      heading: 'Type, message and place',
      value: (row) => row.name,
      class: style.cellError,
      cell: (row, at) => (
        <>
          <div class={style.line}>
            <span class={`s-${row.status}`}>
              <Glyph name={row.status} label={row.status} />
            </span>
            <button
              type="button"
              class={`${style.message} plain`}
              aria-pressed={row.name === current}
              onFocus={() => onFocus(at)}
            >
              <bdi>
                <b>{row.type}</b> <MessageShape text={row.message} />
              </bdi>
            </button>
          </div>
          <div class={style.where}>
            <code>
              <bdi>{row.file ? placeOf(row.file, row.line) : (row.place ?? '')}</bdi>
            </code>
            <span class="cut">
              <bdi>{routesOf(row)}</bdi>
            </span>
          </div>
        </>
      ),
    },
    {
      name: 'trend',
      heading: <TimeAxis table={table} />,
      column: style.colTrend,
      class: style.cellTrend,
      cell: (row) => (
        <SparkBars
          values={row.trend}
          fault={row.status === 'fault'}
          words={`${count(row.count)} times over time`}
        />
      ),
    },
    {
      name: 'count',
      heading: 'Count',
      value: (row) => row.count,
      column: style.colCount,
      class: `num ${style.cellCount}`,
      cell: (row) => <b class={shared.strong}>{count(row.count)}</b>,
    },
    {
      name: 'first',
      heading: 'First seen',
      value: (row) => row.first,
      column: `${style.colSeen} ${style.colFirst}`,
      class: `t2 ${style.cellFirst}`,
      cell: (row) => (
        <>
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
        </>
      ),
    },
    {
      name: 'last',
      heading: 'Last seen',
      value: (row) => row.last,
      column: style.colSeen,
      class: style.cellLast,
      cell: (row) => whenOf(row.last, { seconds: true }),
    },
  ];
}

function routesOf({ routes }: ErrorRow): string {
  const names = routes.slice(0, 2).map(({ name }) => name);
  return names.join(', ') + (routes.length > 2 ? `, + ${routes.length - 2}` : '');
}
