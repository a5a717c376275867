import type { JSX } from 'preact';
import { count } from '../../model/format';
import type { Sort } from '../../model/list/trace-list';
import style from './loaded-line.module.css';
import { LIMIT } from './trace-rows';
import type { TraceListState } from './use-trace-list';

/** Says if the table contains only a part of the matching traces. Empty if it contains all. */
export function LoadedLine({
  list: { rows, matching, truncated, newest, loading, filling, more },
  sort,
}: {
  list: TraceListState;
  sort: Sort;
}): JSX.Element | null {
  if (!truncated && newest === undefined) return null;
  // The rest of a list of this size is about to arrive. The line would move the rows when it disappears.
  if (filling && matching <= LIMIT) return null;
  const share = Math.min(1, rows.length / Math.max(1, matching));
  return (
    <div class={style.line} role="status">
      <span class={style.meter} aria-hidden="true">
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <span>
        <b>
          {whichOf(sort)} {count(rows.length)} of {count(matching)}
        </b>{' '}
        in the table.{' '}
        {newest === undefined
          ? 'Counts, chart and sorting are over all of them.'
          : `Counts and the chart cover all of them; only the newest ${count(newest)} are sorted.`}
      </span>
      {truncated && (
        <button type="button" class="btn quiet" disabled={loading} onClick={more}>
          Load the next {count(Math.min(LIMIT, Math.max(0, matching - rows.length)))}
        </button>
      )}
    </div>
  );
}

function whichOf({ column, descending }: Sort): string {
  if (column === 'time') return descending ? 'Newest' : 'Oldest';
  if (column === 'duration') return descending ? 'Slowest' : 'Fastest';
  if (column === 'status') return descending ? 'Worst' : 'Best';
  return descending ? 'Last' : 'First';
}
