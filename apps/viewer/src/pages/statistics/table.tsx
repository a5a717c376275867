import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Glyph } from '../../components/status';
import { useMedia, useVirtual } from '../../components/use-virtual';
import { traceHref } from '../../model/address';
import { count, ms, share } from '../../model/format';
import type { StatisticsColumn, StatisticsRow } from '../../model/trace/statistics';
import type { TraceTree } from '@nestjs-xray/trace';

const COLUMNS: { id: StatisticsColumn; label: string; title: string; class: string }[] = [
  { id: 'label', label: 'Name', title: 'Name, statement or route', class: 'cn' },
  { id: 'count', label: 'Count', title: 'How often it ran', class: 'num cc' },
  {
    id: 'total',
    label: 'Total, ms',
    title: 'Total time of all runs, including calls',
    class: 'num ct',
  },
  {
    id: 'self',
    label: 'Self, ms',
    title: 'Total time of all runs, without calls',
    class: 'num cs',
  },
  {
    id: 'p50',
    label: 'p50, ms',
    title: 'Median: half of the runs took no longer',
    class: 'num c5',
  },
  { id: 'p95', label: 'p95, ms', title: '19 of 20 runs took no longer', class: 'num c9' },
  { id: 'max', label: 'Max, ms', title: 'The longest run', class: 'num cm' },
  {
    id: 'failed',
    label: 'Failed',
    title: 'Runs with an error, a fault or a throttle',
    class: 'num cf',
  },
];

export function StatisticsTable({
  rows,
  tree,
  column,
  descending,
  onSort,
}: {
  rows: StatisticsRow[];
  tree: TraceTree;
  column: StatisticsColumn;
  descending: boolean;
  onSort: (column: StatisticsColumn) => void;
}): JSX.Element {
  const all = rows.reduce((sum, row) => sum + row.self, 0);
  const most = rows.reduce((largest, row) => Math.max(largest, row.self), 1e-9);
  const rowHeight = useMedia('(max-width: 719px)') ? TALL_ROW : ROW;
  const body = useRef<HTMLTableSectionElement>(null);
  const { items, totalSize } = useVirtual({
    count: rows.length,
    rowHeight,
    within: 'page',
    element: body,
  });
  const before = items[0]?.start ?? 0;
  const after = totalSize - before - items.length * rowHeight;
  return (
    <div class="stat-w">
      <table class="stat-t" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {COLUMNS.map(({ id, label, title, class: more }) => (
              <th
                key={id}
                scope="col"
                class={more}
                aria-sort={column === id ? (descending ? 'descending' : 'ascending') : undefined}
              >
                <button type="button" title={title} onClick={() => onSort(id)}>
                  {label}
                  <span class="ar" aria-hidden="true">
                    {column === id ? (descending ? '↓' : '↑') : ''}
                  </span>
                </button>
              </th>
            ))}
            <th class="cb" scope="col">
              Share<span class="of"> of self time</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          <Gap height={before} />
          {items.map(({ index }) => {
            const row = rows[index];
            return (
              row && (
                <tr key={row.key} aria-rowindex={index + 2}>
                  <th scope="row" class="cn">
                    <span class="cnw">
                      {row.worst !== 'ok' && (
                        <span class={`s-${row.worst}`}>
                          <Glyph
                            name={row.worst === 'fault' && !row.origin ? 'below' : row.worst}
                            label={row.origin ? row.worst : `${row.worst}, passed up from below`}
                          />
                        </span>
                      )}
                      {row.running > 0 && (
                        <span class="s-progress">
                          <Glyph name="progress" label="in progress" />
                        </span>
                      )}
                      <a
                        class="cut"
                        title={row.label}
                        href={traceHref(tree.id, undefined, { select: row.nodes[0] })}
                      >
                        <bdi>{row.label}</bdi>
                      </a>
                      {row.tag && <span class="tag">{row.tag}</span>}
                    </span>
                  </th>
                  <td class="num cc">{count(row.count)}</td>
                  <td class="num ct">{time(row, row.total)}</td>
                  <td class="num cs">{time(row, row.self)}</td>
                  <td class="num c5">{time(row, row.p50)}</td>
                  <td class="num c9">{time(row, row.p95)}</td>
                  <td class="num cm">{time(row, row.max)}</td>
                  <td class={`num cf ${row.failed ? `s-${row.worst}` : 't3'}`}>
                    {count(row.failed)}
                  </td>
                  <td class="cb">
                    <span class="sb">
                      <i class={row.hue} style={{ width: `${(row.self / most) * 100}%` }} />
                    </span>
                    <span class="t3 num">{share(row.self, all)}</span>
                  </td>
                </tr>
              )
            );
          })}
          <Gap height={after} />
        </tbody>
      </table>
    </div>
  );
}

/** Pixels; all rows have the same height: of one line, and of four where the page is narrower than that. */
const ROW = 28;
const TALL_ROW = 92;

/** In place of the rows above or below that cannot be seen. */
function Gap({ height }: { height: number }): JSX.Element | null {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td class="gap" colSpan={COLUMNS.length + 1} style={{ height: `${height}px` }} />
    </tr>
  );
}

/** Milliseconds; dots while none of its calls has ended. */
function time(row: StatisticsRow, seconds: number): string {
  return row.running === row.count ? '…' : ms(seconds);
}
