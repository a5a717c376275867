import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Glyph } from '../../components/status';
import { useMedia, useVirtual } from '../../components/use-virtual';
import { traceHref } from '../../model/address';
import { count, ms, share } from '../../model/format';
import type { StatisticsColumn, StatisticsRow } from '../../model/trace/statistics';
import type { TraceTree } from '@nestjs-xray/trace';
import style from './statistics.module.css';

const COLUMNS: { id: StatisticsColumn; label: string; title: string; class: string | undefined }[] =
  [
    { id: 'label', label: 'Name', title: 'Name, statement or route', class: style.name },
    { id: 'count', label: 'Count', title: 'How often it ran', class: `num ${style.count}` },
    {
      id: 'total',
      label: 'Total, ms',
      title: 'Total time of all runs, including calls',
      class: `num ${style.total}`,
    },
    {
      id: 'self',
      label: 'Self, ms',
      title: 'Total time of all runs, without calls',
      class: `num ${style.self}`,
    },
    {
      id: 'p50',
      label: 'p50, ms',
      title: 'Median: half of the runs took no longer',
      class: `num ${style.p50}`,
    },
    {
      id: 'p95',
      label: 'p95, ms',
      title: '19 of 20 runs took no longer',
      class: `num ${style.p95}`,
    },
    { id: 'max', label: 'Max, ms', title: 'The longest run', class: `num ${style.max}` },
    {
      id: 'failed',
      label: 'Failed',
      title: 'Runs with an error, a fault or a throttle',
      class: `num ${style.failed}`,
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
    <div class={style.frame}>
      <table class={style.table} aria-rowcount={rows.length + 1}>
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
                  <span class={style.arrow} aria-hidden="true">
                    {column === id ? (descending ? '↓' : '↑') : ''}
                  </span>
                </button>
              </th>
            ))}
            <th class={style.share} scope="col">
              Share<span class={style.shareWords}> of self time</span>
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
                  <th scope="row" class={style.name}>
                    <span class={style.nameAndTag}>
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
                  <td class={`num ${style.count}`} data-label="count">
                    {count(row.count)}
                  </td>
                  <td class={`num ${style.total}`} data-label="total">
                    {time(row, row.total)}
                  </td>
                  <td class={`num ${style.self}`} data-label="self">
                    {time(row, row.self)}
                  </td>
                  <td class={`num ${style.p50}`} data-label="p50">
                    {time(row, row.p50)}
                  </td>
                  <td class={`num ${style.p95}`} data-label="p95">
                    {time(row, row.p95)}
                  </td>
                  <td class={`num ${style.max}`} data-label="max">
                    {time(row, row.max)}
                  </td>
                  <td
                    class={`num ${style.failed} ${row.failed ? `s-${row.worst}` : 't3'}`}
                    data-label="failed"
                  >
                    {count(row.failed)}
                  </td>
                  <td class={style.share} data-label="of self time">
                    <span class={style.shareBar}>
                      <i class={style[row.hue]} style={{ width: `${(row.self / most) * 100}%` }} />
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

/** Height of each row in pixels: one line, or four lines on a page that is narrower than this width. */
const ROW = 28;
const TALL_ROW = 92;

/** Takes the space of the rows above or below that are not rendered. */
function Gap({ height }: { height: number }): JSX.Element | null {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td class={style.gap} colSpan={COLUMNS.length + 1} style={{ height: `${height}px` }} />
    </tr>
  );
}

/** Milliseconds, or dots while none of the calls has ended. */
function time(row: StatisticsRow, seconds: number): string {
  return row.running === row.count ? '…' : ms(seconds);
}
