import type { JSX } from 'preact';
import { count, duration, ms } from '../../model/format';
import { logColumns, percentile, type Traffic } from '../../model/graph/service-graph';
import style from './map.module.css';

const COLUMNS = 18;

/** The distribution of response times, on a logarithmic scale. */
export function Histogram({ traffic }: { traffic: Traffic }): JSX.Element | null {
  const columns = logColumns(traffic, COLUMNS);
  const first = columns[0];
  const last = columns[columns.length - 1];
  if (!first || !last) return null;
  const most = Math.max(...columns.map((column) => column.count));
  const busiest = columns.find((column) => column.count === most) ?? first;
  const p95 = percentile(traffic, 0.95) ?? last.to;
  const spoken = `From ${duration(first.from)} to ${duration(last.to)}, most often about ${duration(Math.sqrt(busiest.from * busiest.to))}, 95 of 100 within ${duration(p95)}`;
  const third = (share: number): number => first.from * (last.to / first.from) ** share;
  return (
    <>
      <h3>Response time</h3>
      <div class={style.histogram} role="img" aria-label={spoken}>
        {columns.map((column) => (
          <i
            key={column.from}
            class={column.from > p95 ? style.slow : ''}
            title={`${ms(column.from)} to ${duration(column.to)}: ${count(column.count)}`}
            style={{ height: `${column.count ? Math.max(3, (column.count / most) * 100) : 0}%` }}
          />
        ))}
      </div>
      <div class={style.histogramAxis} aria-hidden="true">
        <span>{duration(first.from)}</span>
        <span>{ms(third(1 / 3))}</span>
        <span>{ms(third(2 / 3))}</span>
        <span>{duration(last.to)}</span>
      </div>
    </>
  );
}
