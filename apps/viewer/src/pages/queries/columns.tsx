import type { StatementRow } from 'local-xray/console-api';
import { shortQuery } from '@nestjs-xray/trace';
import { HintMark } from '../../components/hint-mark';
import { count, ms, shareFigure, three } from '../../model/format';
import { type OverviewColumn, ShareBar, ShortHeading } from '../shared/overview-table';
import shared from '../shared/overview.module.css';
import style from './queries.module.css';
import { Statement } from './statement';

/** The columns of statements, sorted by total time. */
export function statementColumns(
  rows: readonly StatementRow[],
  current: string | undefined,
  onFocus: (at: number) => void,
): OverviewColumn<StatementRow>[] {
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  const most = Math.max(...rows.map((row) => row.seconds), 1e-9);
  return [
    {
      name: 'name',
      heading: 'Statement and callers',
      value: (row) => row.text,
      class: style.cellQuery,
      cell: (row, at) => (
        <>
          <div class={style.line}>
            <span class="tag">{row.tag}</span>
            <button
              type="button"
              class={`${style.statement} plain`}
              title={row.text}
              aria-pressed={row.name === current}
              onFocus={() => onFocus(at)}
            >
              <bdi>
                <Statement text={row.tag === 'SQL' ? shortQuery(row.text) : row.text} />
              </bdi>
            </button>
          </div>
          <div class={style.callers}>
            <span class="cut">
              <bdi>{row.callers[0]?.place}</bdi>
              {row.callers.length > 1 && <span class="t3"> + {row.callers.length - 1}</span>}
            </span>
            {row.nPlusOne && (
              <HintMark
                kind="n-plus-one"
                why={`in ${shareFigure(row.nPlusOne.share, 1)} % of ${row.nPlusOne.route}`}
              />
            )}
          </div>
        </>
      ),
    },
    {
      name: 'seconds',
      heading: <ShortHeading long="Total time, %" short="Time, %" />,
      value: (row) => row.seconds,
      column: style.colShare,
      class: style.cellShare,
      cell: (row) => (
        <ShareBar
          share={row.seconds / most}
          figure={shareFigure(row.seconds, seconds)}
          trackClass={style.track}
          barClass={row.tag === 'AWS' ? style.aws : style.sql}
        />
      ),
    },
    {
      name: 'count',
      heading: 'Calls',
      value: (row) => row.count,
      column: style.colCount,
      class: `num ${style.cellCount}`,
      cell: (row) => count(row.count),
    },
    {
      name: 'each',
      heading: 'Per trace',
      value: perTrace,
      column: style.colEach,
      class: `num ${style.cellEach}`,
      cell: (row) =>
        perTrace(row) > 1.05 ? <b class={shared.strong}>{three(perTrace(row))} ×</b> : '1',
    },
    {
      name: 'p50',
      heading: 'p50',
      value: (row) => row.p50,
      column: `${style.colP} ${style.colP50}`,
      class: `num ${style.cellP50}`,
      cell: (row) => ms(row.p50),
    },
    {
      name: 'p95',
      heading: 'p95, ms',
      value: (row) => row.p95,
      column: style.colP,
      class: `num ${style.cellP95}`,
      cell: (row) => <b class={shared.strong}>{ms(row.p95)}</b>,
    },
  ];
}

function perTrace(row: StatementRow): number {
  return row.count / Math.max(1, row.traces);
}
