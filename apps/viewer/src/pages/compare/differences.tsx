import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { useKeys } from '../../components/keys';
import { Empty } from '../../components/load-state';
import { SearchField } from '../../components/search-field';
import { answered, isOpen, type Comparison, type CompareRow } from '@nestjs-xray/trace';
import { count } from '../../model/format';
import type { TraceTree } from '@nestjs-xray/trace';
import { DifferenceRow, type DeltaScale } from './difference-row';
import style from './compare.module.css';

/** Further rows are rendered on request. */
const MOST = 400;

type Show = '' | 'different' | 'new' | 'gone';

export function Differences({
  comparison,
  a,
  b,
  words,
  show,
  onView,
}: {
  comparison: Comparison;
  a: TraceTree;
  b: TraceTree;
  words: string;
  show: string;
  onView: (change: { q?: string; show?: string }) => void;
}): JSX.Element {
  const { rows, counts } = comparison;
  const body = useRef<HTMLTableSectionElement>(null);
  const [all, setAll] = useState(false);
  const text = words.trim().toLowerCase();
  const shown = useMemo(
    () =>
      rows.filter(
        (row) => wanted(row, show as Show) && (!text || row.label.toLowerCase().includes(text)),
      ),
    [rows, show, text],
  );
  const move = (step: number, different = false): void => {
    const links = [...(body.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const stops = different ? links.filter((link) => link.dataset.change !== 'same') : links;
    const at = links.indexOf(document.activeElement as HTMLElement);
    const next =
      step > 0
        ? stops.find((link) => links.indexOf(link) > at)
        : stops.filter((link) => links.indexOf(link) < at).pop();
    next?.focus();
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    n: () => move(1, true),
    N: () => move(-1, true),
  });

  const choices: [Show, string, number][] = [
    ['', 'All', rows.length],
    ['different', 'Different', rows.length - counts.same],
    ['new', 'New', counts.new],
    ['gone', 'Gone', counts.gone],
  ];
  const longest = Math.max(answered(a), answered(b));
  const scale = useMemo(
    () =>
      scaleOf(
        rows.filter((row) => !isOpen(row)),
        longest,
      ),
    [rows, longest],
  );
  return (
    <>
      <div class={style.filters}>
        <SearchField value={words} onValue={(q) => onView({ q })} />
        <div class="seg" role="group" aria-label="Show">
          {choices.map(([value, label, amount]) => (
            <button
              key={value}
              type="button"
              class="btn"
              aria-pressed={show === value}
              onClick={() => onView({ show: value })}
            >
              {label} {count(amount)}
            </button>
          ))}
        </div>
      </div>
      {shown.length === 0 ? (
        <Empty title={nothing(show as Show, text)} />
      ) : (
        <div class={style.frame}>
          <table class={style.table}>
            <thead>
              <tr>
                <th class={style.name} scope="col">
                  Name
                </th>
                <th class={`num ${style.timeA}`} scope="col">
                  A, ms
                </th>
                <th class={`num ${style.timeB}`} scope="col">
                  B, ms
                </th>
                <th class={`num ${style.difference}`} scope="col">
                  B − A
                </th>
                <th class={style.barCell} scope="col">
                  Difference in total time
                </th>
                <th class={style.change} scope="col">
                  Change
                </th>
              </tr>
            </thead>
            <tbody ref={body}>
              {(all ? shown : shown.slice(0, MOST)).map((row) => (
                <DifferenceRow
                  key={row.id}
                  row={row}
                  a={a}
                  b={b}
                  scale={scale}
                  flat={text !== '' || show !== ''}
                />
              ))}
            </tbody>
          </table>
          {!all && shown.length > MOST && (
            <p class={style.more}>
              <button type="button" class="btn" onClick={() => setAll(true)}>
                Show all {count(shown.length)} rows
              </button>
            </p>
          )}
        </div>
      )}
    </>
  );
}

/**
 * Zero is placed so that both the largest negative and the largest positive difference have space. A tenth of the
 * longer trace fills at least as much as any difference, so that noise looks like noise if nothing differs.
 */
function scaleOf(rows: readonly CompareRow[], longest: number): DeltaScale {
  const forth = Math.max(1e-9, longest / 10, ...rows.map((row) => row.delta));
  const back = Math.max(1e-9, ...rows.map((row) => -row.delta));
  const zero = Math.min(0.9, Math.max(0.08, back / (back + forth)));
  return { zero, unit: Math.min((0.95 * (1 - zero)) / forth, (0.95 * zero) / back) };
}

function wanted(row: CompareRow, show: Show): boolean {
  if (show === 'different') return row.change !== 'same';
  return show === '' || row.change === show;
}

function nothing(show: Show, text: string): string {
  if (text) return 'No name contains this';
  const what = {
    different: 'No significant difference',
    new: 'Nothing is new in B',
    gone: 'Nothing from A is missing in B',
  };
  return show === '' ? 'Neither trace has a document' : what[show];
}
