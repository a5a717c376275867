import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { api } from '../../api/client';
import { and } from '../../model/filter/filter-text';
import { type Brush, durationFilter, splitDurations } from '../../model/list/brush';
import { formatRange, parseRange } from '../../model/list/time-range';
import { MOST_POINTS } from '../traces/chart';
import { ChartOfRange } from '../traces/chart-of-range';
import { askedOf, isLive, type Selection, type SelectionChange } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';
import style from './differs.module.css';

/** How the address represents the selected traces: a filter and a time range. */
export interface Selected {
  with: string;
  since: string;
  until: string;
}

type Change = SelectionChange & Partial<Record<keyof Selected | 'sides', string | undefined>>;

/** A chart of all traces in the range, by time and duration. The selected part is compared with the rest. */
export function SelectionChart({
  selection,
  selected,
  counted,
  onChange,
}: {
  selection: Selection;
  selected: Selected;
  /** How many traces are selected, once local X-Ray has counted them. */
  counted: number | undefined;
  onChange: (change: Change) => void;
}): JSX.Element | null {
  const range = useMemo(() => parseRange(selection.range), [selection.range]);
  const { data } = useAnswer(
    (signal) => readChart(selection, signal),
    [selection.filter, selection.group, selection.range].join('\n'),
    isLive(selection),
  );
  const { with: a, since, until } = selected;
  const { rest, took } = useMemo(() => splitDurations(a), [a]);
  if (!data) return null;
  const keyword = data.overview ? 'duration' : 'responsetime';
  const brush: Brush = {
    ...took,
    ...(since && { from: Number(since) }),
    ...(until && { to: Number(until) }),
  };
  const select = ({ from, to, ...durations }: Brush = {}): void =>
    onChange({
      with: and(rest, durationFilter(durations, keyword)),
      since: from === undefined ? undefined : String(+from.toFixed(3)),
      until: to === undefined ? undefined : String(+to.toFixed(3)),
      sides: 'selection',
    });
  return (
    <section class={style.chart} aria-label="Durations">
      <ChartOfRange
        {...data}
        many={data.overview !== undefined}
        range={range}
        brush={Object.keys(brush).length > 0 ? brush : undefined}
        counted={rest === '' ? counted : undefined}
        onBrush={select}
        onZoom={({ from, to, ...durations }) =>
          onChange({
            filter: and(selection.filter, durationFilter(durations, keyword)),
            ...(from !== undefined && to !== undefined && { range: formatRange({ from, to }) }),
            with: rest,
            since: undefined,
            until: undefined,
            sides: 'selection',
          })
        }
        different={undefined}
      />
    </section>
  );
}

/** A point for each trace, or a heat map if there are too many of them. */
async function readChart(selection: Selection, signal: AbortSignal) {
  const asked = askedOf(selection);
  const { counts } = await api.traces({ ...asked, limit: 1 }, signal);
  if (counts.total > MOST_POINTS) return { rows: [], overview: await api.overview(asked, signal) };
  const { rows } = await api.traces({ ...asked, limit: MOST_POINTS }, signal);
  return { rows, overview: undefined };
}
