import type { StatementRow } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { HintMark } from '../../components/hint-mark';
import { SortHead } from '../../components/sort-head';
import { count, ms, shareFigure, three } from '../../model/format';
import type { Sort } from '../../model/list/row-sort';
import shared from '../shared/overview.module.css';
import style from './queries.module.css';
import { Statement } from './statement';

export const SORTS: Record<string, (row: StatementRow) => number | string> = {
  name: (row) => row.text,
  seconds: (row) => row.seconds,
  count: (row) => row.count,
  each: (row) => row.count / Math.max(1, row.traces),
  p50: (row) => row.p50,
  p95: (row) => row.p95,
};

/** Statements by the time that all their runs took. */
export function QueriesTable({
  rows,
  seconds,
  current,
  onCurrent,
  sort,
  onSort,
  onPointer,
}: {
  rows: readonly StatementRow[];
  seconds: number;
  current: number;
  onCurrent: (at: number) => void;
  sort: Sort;
  onSort: (sort: string) => void;
  onPointer: (inside: boolean) => void;
}): JSX.Element {
  const body = useRef<HTMLTableSectionElement>(null);
  const most = Math.max(...rows.map((row) => row.seconds), 1e-9);
  useEffect(() => {
    body.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const head = (name: string, label: JSX.Element | string, more = 'num'): JSX.Element => (
    <SortHead name={name} sort={sort} onSort={onSort} class={more}>
      {label}
    </SortHead>
  );
  return (
    <table class={`${shared.table} ${style.table}`} aria-label="Queries">
      <colgroup>
        <col />
        <col class={style.colShare} />
        <col class={style.colCount} />
        <col class={style.colEach} />
        <col class={`${style.colP} ${style.colP50}`} />
        <col class={style.colP} />
      </colgroup>
      <thead>
        <tr>
          {head('name', 'Statement and callers', '')}
          {head(
            'seconds',
            <>
              <span class={shared.wideOnly}>Total time, %</span>
              <span class={shared.narrowOnly}>Time, %</span>
            </>,
            '',
          )}
          {head('count', 'Calls')}
          {head('each', 'Per trace')}
          {head('p50', 'p50', `num ${style.cellP50}`)}
          {head('p95', 'p95, ms')}
        </tr>
      </thead>
      <tbody
        ref={body}
        onPointerEnter={() => onPointer(true)}
        onPointerLeave={() => onPointer(false)}
      >
        {rows.map((row, at) => {
          const each = row.count / Math.max(1, row.traces);
          return (
            <tr
              key={row.name}
              class={at === current ? shared.current : undefined}
              onClick={() => onCurrent(at)}
            >
              <td class={style.cellQuery}>
                <div class={style.line}>
                  <span class="tag">{row.tag}</span>
                  <button
                    type="button"
                    class={`${style.statement} plain`}
                    aria-pressed={at === current}
                    onFocus={() => onCurrent(at)}
                  >
                    <Statement text={row.text} />
                  </button>
                </div>
                <div class={style.callers}>
                  <span class="cut">
                    {row.callers[0]?.place}
                    {row.callers.length > 1 && <span class="t3"> + {row.callers.length - 1}</span>}
                  </span>
                  {row.nPlusOne && (
                    <HintMark
                      kind="n-plus-one"
                      why={`in ${shareOf(row.nPlusOne.share)} % of ${row.nPlusOne.route}`}
                    />
                  )}
                </div>
              </td>
              <td class={style.cellShare}>
                <div class={shared.share}>
                  <div class={`${shared.track} ${style.track}`}>
                    <i
                      class={row.tag === 'AWS' ? style.aws : style.sql}
                      style={{ width: `${(row.seconds / most) * 100}%` }}
                    />
                  </div>
                  <span class="num">{shareFigure(row.seconds, seconds)}</span>
                </div>
              </td>
              <td class={`num ${style.cellCount}`}>{count(row.count)}</td>
              <td class={`num ${style.cellEach}`}>
                {each > 1.05 ? <b class={shared.strong}>{three(each)} ×</b> : '1'}
              </td>
              <td class={`num ${style.cellP50}`}>{ms(row.p50)}</td>
              <td class={`num ${style.cellP95}`}>
                <b class={shared.strong}>{ms(row.p95)}</b>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function shareOf(share: number): string {
  return shareFigure(share, 1);
}
