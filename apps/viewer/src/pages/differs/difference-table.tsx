import type { Differences } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { count, three } from '../../model/format';
import shared from '../shared/overview.module.css';
import type { DifferenceRow } from './difference-row';
import { Pair } from './pair';
import style from './differs.module.css';

/** A row per attribute with both shares, and buttons to keep only these traces or to exclude them. */
export function DifferenceTable({
  data: { a, b },
  rows,
  current,
  onCurrent,
  onlyThese,
  leaveOut,
}: {
  data: Differences;
  rows: readonly DifferenceRow[];
  current: number;
  onCurrent: (at: number) => void;
  onlyThese: (row: DifferenceRow) => void;
  leaveOut: (row: DifferenceRow) => void;
}): JSX.Element {
  return (
    <div class={shared.tableWrap}>
      <table class={`${shared.table} ${style.table}`} aria-label="Differences">
        <colgroup>
          <col />
          <col class={style.colBars} />
          <col class={style.colCount} />
          <col class={style.colCount} />
          <col class={`${style.colCount} ${style.colLift}`} />
          <col class={style.colActions} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Differs most</th>
            <th scope="col">Share, %: selection, others</th>
            <th scope="col" class="num">
              Selection
            </th>
            <th scope="col" class="num">
              Others
            </th>
            <th scope="col" class={`num ${style.cellLift}`}>
              Lift
            </th>
            <th scope="col">
              <span class="vh">Filter</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => {
            const [here, rest] = [row.a / Math.max(1, a.looked), row.b / Math.max(1, b.looked)];
            return (
              <tr
                key={row.attribute}
                class={at === current ? shared.current : undefined}
                onClick={() => onCurrent(at)}
              >
                <td class={style.cellValue}>
                  <div class={`cut ${style.name}`} title={row.attribute}>
                    {row.attribute}
                  </div>
                  <div class={`cut ${style.value}`} title={row.value}>
                    <bdi>{row.value}</bdi>
                  </div>
                </td>
                <td class={style.cellBars}>
                  <Pair here={here} rest={rest} />
                </td>
                <td class={`num ${style.cellCount}`}>{count(row.a)}</td>
                <td class={`num t2 ${style.cellCount}`}>{count(row.b)}</td>
                <td class={`num ${style.cellLift}`}>
                  {row.b === 0 ? (
                    'only here'
                  ) : row.a === 0 ? (
                    'only there'
                  ) : (
                    <b>{three(here / rest)} ×</b>
                  )}
                </td>
                <td class={style.cellActions}>
                  <button type="button" class="btn" onClick={() => onlyThese(row)}>
                    Only these
                  </button>{' '}
                  <button type="button" class="btn quiet" onClick={() => leaveOut(row)}>
                    Leave out
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
