import type { JSX } from 'preact';
import { useNow } from '../../api/use-trace';
import type { TimeRange } from '../../model/list/time-range';
import { Chart } from './chart';

type ChartProps = Parameters<typeof Chart>[0];

/** The axis ends now while live, at the end of a fixed range, or at the newest trace for "All time". */
export function ChartOfRange({
  range,
  ...rest
}: { range: TimeRange } & Omit<ChartProps, 'from' | 'to'>): JSX.Element {
  // Update often enough that the axis moves by about one pixel.
  const step = 'to' in range || !Number.isFinite(range.last) ? 1 : Math.max(1, range.last / 300);
  const now = useNow(!('to' in range) && Number.isFinite(range.last), step * 1000);
  if ('to' in range) return <Chart from={range.from} to={range.to} {...rest} />;
  // Traces from a clock that is ahead are beyond the end. They must not stretch the axis.
  if (Number.isFinite(range.last)) return <Chart from={now - range.last} to={now} {...rest} />;
  const { overview, rows } = rest;
  const starts = rows.map((row) => row.start).filter((start) => start <= now);
  const newest = overview
    ? Math.min(now, overview.from + overview.width * overview.slots)
    : starts.reduce((a, b) => Math.max(a, b), starts[0] ?? now);
  const oldest = overview?.from ?? starts.reduce((a, b) => Math.min(a, b), starts[0] ?? now - 900);
  const edge = Math.max((newest - oldest) * 0.02, 1);
  return <Chart from={oldest - edge} to={newest + edge} {...rest} />;
}
